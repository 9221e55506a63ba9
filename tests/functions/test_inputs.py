"""Where the calls to compare by come from, and what is said where none can be had."""

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from trueport.compare.functions.inputs import collect_cases, find_inner_cases
from trueport.compare.ports.user_code.errors import TargetError

SOURCE = '''
import numpy as np

def scale(x, factor=2.0):
    """x of any shape.

    >>> scale(np.array([1.0, 2.0]), 3.0)
    array([3., 6.])
    """
    return x * factor

def shift(y, by):
    return scale(y) + by
'''


@pytest.fixture
def module() -> ModuleType:
    made = ModuleType("mine")
    exec(compile(SOURCE, "mine.py", "exec"), vars(made))
    made.scale.__module__ = made.shift.__module__ = "mine"
    return made


def functions(module: ModuleType) -> dict[str, object]:
    return {"scale": module.scale, "shift": module.shift}


def test_doctests_give_calls(module: ModuleType) -> None:
    (case,) = collect_cases(module, functions(module), None, [])
    assert (case.function, case.id) == ("scale", "doctest of scale, call 1")
    assert case.arguments["factor"] == 3.0


def test_cases_come_before_doctests(module: ModuleType) -> None:
    module.cases = lambda: [("shift far", {"y": np.ones(2), "by": 9.0}), ("scale", (np.ones(3),))]
    found = collect_cases(module, functions(module), None, [])
    assert [(case.function, case.id) for case in found] == [("shift", "far"), ("scale", "scale")]


def test_arguments_alone_find_their_function(module: ModuleType) -> None:
    module.cases = lambda: [("any", {"y": np.ones(2), "by": 1.0})]
    (case,) = collect_cases(module, functions(module), None, [])
    assert (case.function, case.id) == ("shift", "any")


def test_a_file_of_inputs_comes_first(module: ModuleType, tmp_path: Path) -> None:
    module.cases = lambda: [("scale", {"x": np.ones(1)})]
    file = tmp_path / "inputs.py"
    file.write_text("def cases():\n    yield 'scale big', {'x': [1.0], 'factor': 7.0}\n")
    (case,) = collect_cases(module, functions(module), str(file), [])
    assert case.arguments["factor"] == 7.0


def test_an_npz_gives_arguments_by_name(module: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "inputs.npz"
    np.savez(file, **{"x": np.ones(3), "far/y": np.ones(2), "far/by": 2.0})
    found = {
        (case.function, case.id): case
        for case in collect_cases(module, functions(module), str(file), [])
    }
    assert set(found) == {("scale", "1"), ("shift", "far")}
    assert found["shift", "far"].arguments["by"] == 2.0


def test_calls_inside_calls_are_seen(module: ModuleType) -> None:
    module.cases = lambda: [("shift", {"y": np.ones(2), "by": 1.0})]
    given = collect_cases(module, functions(module), None, [])
    (inner,) = find_inner_cases(module, functions(module), given)
    assert (inner.function, inner.caller, inner.id) == ("scale", "shift", "in shift, shift, call 1")


BAD = {
    "no such file": (None, "there is no file"),
    "no cases": ("x = 1\n", "has no function cases()"),
    "raises": ("1 / 0\n", "cannot be run: ZeroDivisionError"),
    "fails later": ("def cases():\n    yield 1 / 0\n", "failed: ZeroDivisionError"),
    "no pairs": ("def cases():\n    yield 5\n", "must yield (name, {argument: value})"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_with_inputs_is_said(module: ModuleType, tmp_path: Path, name: str) -> None:
    text, words = BAD[name]
    file = tmp_path / "inputs.py"
    if text is not None:
        file.write_text(text)
    with pytest.raises(TargetError) as error:
        collect_cases(module, functions(module), str(file), [])
    assert words in str(error.value)


def test_a_call_that_does_not_fit_is_noted_and_the_others_stand(module: ModuleType) -> None:
    module.cases = lambda: [
        ("scale", {"z": 1}),
        ("scale odd", {"x": object()}),
        ("scale", {"x": np.ones(2)}),
    ]
    notes: list[str] = []
    (case,) = collect_cases(module, functions(module), None, notes)
    assert case.function == "scale"
    assert "does not fit scale(x, factor=2.0)" in notes[0]
    assert notes[1].startswith("case 'odd' of scale, x: an argument must be arrays")
