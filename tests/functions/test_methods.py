"""Classes that are named: their methods are compared as functions are."""

import types
from pathlib import Path

import pytest

from trueport.compare.functions.methods import find_methods
from trueport.compare.judging.check import Check
from trueport.compare.ports.user_code.errors import TargetError
from trueport.compare.report.check_text import format_check
from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

REFERENCE = """import numpy as np


def scale(x):
    return x * 100.0


class Ops:
    FACTOR = 2.0

    def __init__(self, path="gone"):
        self.offset = 1.0

    @staticmethod
    def half(x):
        return x / 2.0

    @classmethod
    def twice(cls, x):
        return cls.FACTOR * x

    def scale(self, x):
        return x * 3.0

    def shift(self, x):
        return self.half(x) + self.offset


def cases():
    for name in ("half", "twice", "scale", "shift"):
        yield name, {"x": np.linspace(-1.0, 1.0, 5)}
"""
PORT = REFERENCE.partition("\n\ndef cases")[0]
NEEDS_A_PATH = PORT.replace('path="gone"', "path")


def run(folder: Path, port: str, mine: str, theirs: str) -> Check:
    (folder / "mine.py").write_text(port)
    (folder / "right.py").write_text(REFERENCE)
    options = Options(against=f"{folder / 'right.py'}{theirs}", dtypes=("float64",))
    return check(f"{folder / 'mine.py'}{mine}", options)


def tell(result: Check) -> str:
    return " ".join(" ".join(format_check(result)).split())


def list_compared(result: Check) -> dict[str, str]:
    return {v.component: str(v.status) for v in result.verdicts if v.status != "missing"}


@pytest.mark.parametrize(
    ("mine", "theirs", "compared"),
    [
        (":Ops", ":Ops", {"half", "twice", "scale", "shift"}),
        (":Ops.half", ":Ops.half", {"half"}),
        (":Ops.half", ":Ops", {"half"}),
        (":Ops.scale", ":scale", {"scale"}),
        ("", ":Ops", {"scale"}),
    ],
)
def test_the_methods_that_are_meant_are_compared(
    tmp_path: Path, mine: str, theirs: str, compared: set[str]
) -> None:
    result = run(tmp_path, PORT, mine, theirs)
    found = list_compared(result)
    assert set(found) == compared, tell(result)
    # of two functions of one name in one file, each is the one that was named
    alike = dict.fromkeys(compared, "unfaithful" if mine[:4] != theirs[:4] else "faithful")
    assert found == alike if "scale" in compared else set(found.values()) == {"faithful"}


def test_a_wrong_method_is_found_with_its_cause(tmp_path: Path) -> None:
    result = run(tmp_path, PORT.replace("x / 2.0", "x / 4.0"), ":Ops", ":Ops")
    first = result.first_divergence
    assert first is not None
    assert first.component == "half"
    assert first.cause is not None
    assert "x / 4.0" in first.cause["diff"]


@pytest.mark.sweep
def test_methods_of_a_framework_are_compared(tmp_path: Path) -> None:
    port = PORT.replace("import numpy as np", "import torch").replace("x / 2.0", "torch.div(x, 2)")
    result = run(tmp_path, port, ":Ops", ":Ops")
    assert result.framework == "torch"
    assert set(list_compared(result).values()) == {"faithful"}, tell(result)


def test_methods_without_their_object_are_told(tmp_path: Path) -> None:
    result = run(tmp_path, NEEDS_A_PATH, ":Ops", ":Ops")
    assert set(list_compared(result)) == {"half", "twice", "scale"}
    told = tell(result)
    assert "not compared: shift: Ops() failed: TypeError" in told
    assert "on one Ops() for all calls were called: shift" in told


def test_one_function_that_is_named_is_compared_alone(tmp_path: Path) -> None:
    both = (
        "import numpy as np\n\n\ndef f(x):\n    return x * {}\n\n\ndef g(x):\n    return x * {}\n"
    )
    cases = "\n\ndef cases():\n    yield '1', {'x': np.arange(3.0)}\n"
    (tmp_path / "right.py").write_text(both.format(2.0, 3.0) + cases)
    (tmp_path / "mine.py").write_text(both.format(2.0, 4.0))
    options = Options(against=str(tmp_path / "right.py"), dtypes=("float64",))
    result = check(f"{tmp_path / 'mine.py'}:f", options)
    assert list_compared(result) == {"f": "faithful"}


ROWS = {
    "Ops.gone": "Ops has no method gone: it has half, twice, scale",
    "Gone": "there is no Gone: Gone is not there",
    "Ops.FACTOR": "Ops has no method FACTOR",
    "scale": "scale is no class, and no method of one",
    "Bare": "Bare has no method that can be called",
}


@pytest.mark.parametrize(("name", "words"), ROWS.items(), ids=ROWS)
def test_what_is_no_method_is_a_sentence(name: str, words: str) -> None:
    module = types.ModuleType("port")
    exec(REFERENCE + "\n\nclass Bare:\n    pass\n", vars(module))
    with pytest.raises(TargetError) as error:
        find_methods(module, name, [])
    assert str(error.value).startswith(words)
