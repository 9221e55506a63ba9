"""What cannot be compared is said in a sentence, and what can be is still judged."""

from pathlib import Path

import pytest

from trueport.compare.judging.check import Check
from trueport.compare.report.check_text import format_check
from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

CASES = "\n\ndef cases():\n    yield 'f', {'x': np.linspace(0.1, 0.9, 6).reshape(2, 3)}\n"
HEAD = "import numpy as np\n\n"


def run(folder: Path, reference: str, port: str, more: str = CASES) -> Check:
    (folder / "mine.py").write_text(HEAD + port)
    (folder / "right.py").write_text(HEAD + reference + more)
    return check(
        str(folder / "mine.py"), Options(against=str(folder / "right.py"), dtypes=("float64",))
    )


F = "def f(x):\n    return x * 1.1\n"

ROWS = {
    "no common name": (F, "def g(x):\n    return x\n", 2, "--map mine=theirs"),
    "other arguments": (
        F,
        "def f(x, y):\n    return x\n",
        2,
        "cannot be called with the reference's (x)",
    ),
    "random": (
        "def f(x):\n    return x * np.random.default_rng().normal()\n",
        F,
        2,
        "draws random numbers (line 4: return x * np.random.default_rng().normal())",
    ),
    "a framework": ("import torch\n\ndef f(x):\n    return torch.relu(x)\n", F, 2, "must be NumPy"),
    "a missing file": (
        "def f(x):\n    return np.load('weights.npy') * x\n",
        F,
        2,
        "No such file",
    ),
    "None": (F, "def f(x):\n    x * 1.1\n", 1, "result (None) where the reference returns result"),
    "a dict": (
        F,
        "def f(x):\n    return {'y': x * 1.1}\n",
        1,
        "result['y'] where the reference returns",
    ),
    "one output more": (F, "def f(x):\n    return x * 1.1, x\n", 1, "result[0], result[1] where"),
    "a text": (F, "def f(x):\n    return 'done'\n", 1, "must hold numbers"),
    "an error": (F, "def f(x):\n    return x[9]\n", 1, "IndexError"),
    "changes its input": (
        F,
        "def f(x):\n    x *= 1.1\n    return x\n",
        1,
        "changed its caller's x",
    ),
    "another shape": (F, "def f(x):\n    return (x * 1.1).T\n", 1, "must have shape (2, 3)"),
    "both raise": (
        "def f(x):\n    raise ValueError('no')\n",
        "def f(x):\n    raise ValueError('no')\n",
        2,
        "both raise",
    ),
    "off by one": (F, "def f(x):\n    return x * 1.1 + 1\n", 1, "+ return 1 + x * 1.1"),
}


def mark(name: str, quick: set[str]) -> object:
    """The others run with the sweeps: each starts three processes."""
    return pytest.param(name, marks=[] if name in quick else [pytest.mark.sweep])


QUICK = {"random", "None"}
QUICK_RIGHT = {"in place"}


@pytest.mark.parametrize("name", [mark(name, QUICK) for name in ROWS])
def test_a_sentence_says_what_is_wrong(name: str, tmp_path: Path) -> None:
    reference, port, code, words = ROWS[name]
    result = run(tmp_path, reference, port)
    told = " ".join(" ".join(format_check(result)).split())
    assert result.exit_code == code, told
    assert words in told


RIGHT = {
    "a generator": (
        "def f(x):\n    yield x\n    yield x * 1.1\n",
        "def f(x):\n    return [x, x * 1.1]\n",
    ),
    "complex": (
        "def f(x):\n    return np.exp(1j * x)\n",
        "def f(x):\n    return np.cos(x) + 1j * np.sin(x)\n",
    ),
    "a dict": ("def f(x):\n    return {'a': x, 'b': [x.sum()]}\n",) * 2,
    "whole numbers": ("def f(x):\n    return x.argmax(axis=1)\n",) * 2,
    "in place": ("def f(x):\n    x += 0.1\n", "def f(x):\n    x[...] = x + 0.1\n"),
    "both give NaN": (
        "def f(x):\n    return np.log(x - 0.5)\n",
        "def f(x):\n    return np.log(-(0.5 - x))\n",
    ),
    "in place beside a result": (
        "def f(x):\n    x[x < 0.5] = 0\n    return x\n",
        "def f(x):\n    return np.where(x < 0.5, 0, x)\n",
    ),
    "other names": (F, "def f(values):\n    return 1.1 * values\n"),
}


@pytest.mark.parametrize("name", [mark(name, QUICK_RIGHT) for name in RIGHT])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_outputs_of_any_form_are_compared(name: str, tmp_path: Path) -> None:
    result = run(tmp_path, *RIGHT[name])
    assert result.exit_code == 0, "\n".join(format_check(result))


def test_a_tie_is_neither_a_pass_nor_a_fault(tmp_path: Path) -> None:
    reference = "def f(x):\n    return (x * 3.0 / 3.0 - x).argmax(axis=1)\n"
    result = run(tmp_path, reference, "def f(x):\n    return (x - x).argmin(axis=1)\n")
    assert result.exit_code == 2
    assert "rounding alone flips them" in result.verdicts[0].message


@pytest.mark.sweep
def test_the_innermost_function_that_departs_is_the_finding(tmp_path: Path) -> None:
    inner = "def f(x):\n    return np.exp({sign}x)\n\n\ndef g(x):\n    return f(x).sum()\n"
    cases = CASES.replace("'f'", "'g'")
    result = run(tmp_path, inner.format(sign=""), inner.format(sign="-"), cases)
    assert result.first_divergence is not None
    assert result.first_divergence.component == "f"
    assert {v.component: v.status for v in result.verdicts}["g"] == "follows"


@pytest.mark.sweep
@pytest.mark.parametrize(("side", "code"), [("port", 1), ("reference", 2)])
def test_what_never_ends_is_ended_and_said(side: str, code: int, tmp_path: Path) -> None:
    endless = "def f(x):\n    while True:\n        pass\n"
    for name in ("mine.py", "right.py"):
        ends = (name == "mine.py") != (side == "port")
        (tmp_path / name).write_text(HEAD + (F if ends else endless) + CASES)
    options = Options(against=str(tmp_path / "right.py"), dtypes=("float64",), timeout=1.0)
    result = check(str(tmp_path / "mine.py"), options)
    told = " ".join(" ".join(format_check(result)).split())
    assert result.exit_code == code, told
    assert "no answer within 1 s" in told


def test_options_that_do_not_go_together_are_refused() -> None:
    with pytest.raises(ValueError, match="--against FILE"):
        Options(inputs="x.npz")
    with pytest.raises(ValueError, match="for the chapter"):
        Options(against="x.py", train=5)
