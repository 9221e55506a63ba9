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
    "random, from the module's generator": (
        "RNG = np.random.default_rng()\n\ndef f(x):\n    return x * RNG.normal()\n",
        F,
        2,
        "draws random numbers (line 6: return x * RNG.normal())",
    ),
    "random, in what it calls": (
        "def g(x):\n    return np.random.normal(size=x.shape)\n\n\n"
        "def f(x):\n    return x * g(x)\n",
        F,
        2,
        "draws random numbers (line 4: return np.random.normal(size=x.shape))",
    ),
    "random, Python's": (
        "import random\n\ndef f(x):\n    return x * random.random()\n",
        F,
        2,
        "draws random numbers (line 6: return x * random.random())",
    ),
    "a port that draws": (
        F,
        "def f(x):\n    return x * np.random.default_rng().normal()\n",
        1,
        "called again, it gives another result: it draws random numbers or keeps a state",
    ),
    "a port that draws from the seeded generator": (
        F,
        "def f(x):\n    return x * np.random.normal()\n",
        1,
        "called again, it gives another result",
    ),
    "the reference ends the process": (
        "import sys\n\ndef f(x):\n    sys.exit(3)\n",
        F,
        2,
        "the reference: SystemExit: 3",
    ),
    "the reference needs a file when it is imported": (
        "W = np.load('weights.npy')\n\ndef f(x):\n    return x * W\n",
        F,
        2,
        "`W = np.load('weights.npy')`, was not run: FileNotFoundError",
    ),
    "the port needs a file": (F, "def f(x):\n    return x * np.load('w.npy')\n", 2, "put it there"),
    "objects": (
        "def f(x):\n    return np.array([x, x[0]], dtype=object)\n",
        "def f(x):\n    return np.array([x, x[0]], dtype=object)\n",
        2,
        "neither returns numbers alone: TypeError: result must hold numbers (got an array of obj",
    ),
    "an array of one for a number": (
        "def f(x):\n    return float(x.sum())\n",
        "def f(x):\n    return np.array([x.sum()])\n",
        1,
        "one number is wanted, not an array of one",
    ),
    "a port that is no Python": (F, "def f(x:\n", 2, "line 3, is not Python: '(' was never closed"),
    "classes alone": (
        "class Norm:\n    def __call__(self, x):\n        return x\n",
        F,
        2,
        "give both files a function that makes one and calls it, as def check_norm(x): return "
        "Norm(...)(x)",
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
    "positional only": (
        "def f(x, /, eps=0.1):\n    return x / (1 + eps)\n",
        "def f(z, eps=0.1):\n    return z / (1 + eps)\n",
    ),
    "any number of arguments": (
        "def f(*x):\n    return sum(x) * 1.1\n",
        "def f(*parts):\n    return 1.1 * sum(parts)\n",
    ),
    "ufuncs": ("f = np.tanh\n", "def f(z):\n    return np.tanh(z)\n"),
    "a ufunc for a function": ("def f(x):\n    return np.tanh(x)\n", "f = np.tanh\n"),
    "vectorized": (
        "@np.vectorize\ndef f(x):\n    return 1.1 * x\n",
        "def f(z):\n    return z * 1.1\n",
    ),
    "partial": (
        "import functools\n\ndef _g(k, x):\n    return k * x\n\nf = functools.partial(_g, 1.1)\n",
        "import functools\n\ndef _g(k, z):\n    return k * z\n\nf = functools.partial(_g, 1.1)\n",
    ),
    "objects that are called": (
        "class _Scale:\n    def __call__(self, x):\n        return x * 1.1\n\nf = _Scale()\n",
        "class _Scale:\n    def __call__(self, z):\n        return 1.1 * z\n\nf = _Scale()\n",
    ),
    "a wrapper": (
        F,
        "def _wrap(g):\n    return lambda *args, **kwargs: g(*args, **kwargs)\n\n"
        "@_wrap\ndef f(z):\n    return 1.1 * z\n",
    ),
    "both print": ("print('1')\n\ndef f(x):\n    print(x)\n    return x\n",) * 2,
    "beyond 64 bits": ("def f(x):\n    return len(x) * 10**30\n",) * 2,
}


@pytest.mark.parametrize("name", [mark(name, QUICK_RIGHT) for name in RIGHT])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_outputs_of_any_form_are_compared(name: str, tmp_path: Path) -> None:
    result = run(tmp_path, *RIGHT[name])
    assert result.exit_code == 0, "\n".join(format_check(result))


# other calls, and what is said of them
CALLS = {
    "a random generator": (
        "def f(x, rng):\n    return x * rng.normal()\n",
        "{'x': np.ones(2), 'rng': np.random.default_rng(0)}",
        "a random generator: hand what it draws over, as an array",
    ),
    "a function": (
        "def f(x, g):\n    return g(x)\n",
        "{'x': np.ones(2), 'g': np.tanh}",
        "a function: write one that calls it itself",
    ),
    "a type": (
        "def f(x, dtype):\n    return x.astype(dtype)\n",
        "{'x': np.ones(2), 'dtype': np.float32}",
        "the type float32: hand its name over, as a text",
    ),
    "an array of objects": (F, "{'x': np.array([1, None])}", "must hold numbers (got object)"),
    "whole numbers that overflow": (
        "def f(x):\n    return x * x\n",
        "{'x': np.array([2**40, 3])}",
        "the reference's whole numbers overflow int64: result would be 1.21e+24",
    ),
}


@pytest.mark.sweep
@pytest.mark.parametrize("name", CALLS)
def test_a_sentence_says_what_is_wrong_with_a_call(name: str, tmp_path: Path) -> None:
    function, call, words = CALLS[name]
    result = run(tmp_path, function, function, f"\n\ndef cases():\n    yield 'f', {call}\n")
    told = " ".join(" ".join(format_check(result)).split())
    assert result.exit_code == 2, told
    assert words in told


@pytest.mark.sweep
@pytest.mark.parametrize("side", ["both", "reference", "port"])
def test_a_class_beside_functions_is_named_with_what_to_do(side: str, tmp_path: Path) -> None:
    both = F + "\n\nclass LayerNorm:\n    def __call__(self, x):\n        return x\n"
    result = run(tmp_path, F if side == "port" else both, F if side == "reference" else both)
    assert result.exit_code == 0
    told = [note for note in result.notes if note.startswith("LayerNorm is a class")]
    assert len(told) == 1
    assert "def check_layer_norm(x): return LayerNorm(...)(x)" in told[0]


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
