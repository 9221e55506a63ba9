"""What people's files do beside computing: progress bars, tables filled by loops, sets, lists."""

from pathlib import Path

import pytest

from trueport.compare.judging.check import Check
from trueport.compare.report.check_text import format_check
from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

HEAD = "import numpy as np\n"
CASES = "\n\ndef cases():\n    yield 'f', {'x': np.linspace(-1.0, 1.0, 6).reshape(2, 3)}\n"
LOOP = "from tqdm import {name}\n\ndef f(x):\n    for i in {name}({count}):\n        x = x * 1.5\n"
LOOP += "    return x\n"
TABLE = "TABLE = np.zeros(3)\nfor i in range(3):\n    TABLE[i] = i + {one}\n"
TABLE += "data = np.loadtxt('gone.csv')\n\ndef f(x):\n    return x * TABLE\n"
SET = "WORDS = {w: i for i, w in enumerate(set('the order of a set'.split()))}\n\n"
SET += "def f(x):\n    return x * WORDS['order'] + WORDS['set']\n"
TANH = "def f(x):\n    return np.tanh(x)\n"
KEPT = "STATE = {}\n\ndef f(x):\n    STATE['x'] = x {sign} 1\n"
RAISED = "def f(x):\n    try:\n        raise ValueError('no')\n    except ValueError as error:\n"
RAISED += "        raise error from error\n"
SPARSE = "from scipy.sparse import csr_matrix\n\ndef f(x):\n    return csr_matrix(np.tanh(x))\n"


def run(folder: Path, reference: str, port: str, *dtypes: str) -> Check:
    (folder / "mine.py").write_text(HEAD + port)
    (folder / "right.py").write_text(HEAD + reference + CASES)
    given = Options(against=str(folder / "right.py"), dtypes=dtypes or ("float64",), timeout=20.0)
    return check(str(folder / "mine.py"), given)


def tell(result: Check) -> str:
    return " ".join(" ".join(format_check(result)).split())


ROWS = {
    "a bar over as many steps": (
        LOOP.format(name="trange", count=4),
        LOOP.format(name="tqdm", count="range(4)"),
        0,
        "",
    ),
    "a bar over more steps": (
        LOOP.format(name="trange", count=4),
        LOOP.format(name="trange", count=5),
        1,
        "",
    ),
    "a table filled by a loop that was not run": (
        "def f(x):\n    return x * np.array([1.0, 2.0, 3.0])\n",
        TABLE.format(one=1),
        2,
        "what it makes is not there; make it where an import would",
    ),
    "the order of a set": (SET, SET, 0, ""),
    "rows as tuples": (TANH, "def f(x):\n    return list(zip(*np.tanh(x).T))\n", 0, ""),
    "rows of single numbers": (TANH, "def f(x):\n    return [[np.tanh(v) for v in r] for r in x]\n",
                               0, ""),
    "nothing but a state": (
        KEPT.replace("{sign}", "+"),
        KEPT.replace("{sign}", "-"),
        2,
        "there is nothing to compare: let it return what is to be compared",
    ),
    "an error raised from itself": (TANH, RAISED, 1, "ValueError: no"),
    "a sparse array": (TANH, SPARSE, 1, "must hold numbers (got csr_matrix)"),
}  # fmt: skip


QUICK = ("a bar over as many steps", "a table filled by a loop that was not run", "rows as tuples")


@pytest.mark.parametrize(
    "row", [pytest.param(row, marks=() if row in QUICK else pytest.mark.sweep) for row in ROWS]
)
def test_a_habit_changes_no_verdict(row: str, tmp_path: Path) -> None:
    reference, port, status, words = ROWS[row]
    result = run(tmp_path, reference, port)
    assert result.exit_code == status, tell(result)
    assert words in tell(result)


@pytest.mark.sweep
def test_single_numbers_are_an_array_in_float32_too(tmp_path: Path) -> None:
    port = "def f(x):\n    return [[np.tanh(v) for v in row] for row in x]\n"
    result = run(tmp_path, TANH, port, "float64", "float32")
    assert result.exit_code == 0, tell(result)


def test_a_file_that_python_cannot_read_is_refused_in_a_sentence(tmp_path: Path) -> None:
    port = f"def f(x):\n    return {' + '.join(['x'] * 5000)}\n"
    with pytest.raises(ValueError, match=r"mine\.py holds an expression that is nested too deeply"):
        run(tmp_path, TANH, port)
