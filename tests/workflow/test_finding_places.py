"""Where findings stand: the line that a cause or an error names, else the definition."""

from pathlib import Path

import pytest
from model_check import make_model_check
from sample_check import EDIT, check, verdict

from trueport.compare.judging.check import Check, Place
from trueport.compare.judging.model_details import LayerRow, LayerSide
from trueport.compare.workflow.finding_places import find_places

PORT = """import numpy as np
from elsewhere import softmax

def sigm(x):
    return x + nmp

class Net:
    def __init__(self):
        self.norm = 3

    def forward(self, x):
        return x

    def loss(self, x, t):
        return x

square = lambda x: x * x

for step in range(3):
    print(step)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "port.py").write_text(PORT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def find_line(result: Check, component: str, **names: str) -> int | None:
    place = find_places(result, names).get(component)
    assert place is None or place.file == "port.py"
    return place and place.line


@pytest.mark.parametrize(
    ("component", "notes", "line"),
    [
        ("softmax", [], 2),
        ("sigmoid", ["sigm was taken for sigmoid"], 4),
        ("TwoLayerNet.loss", ["Net was taken for TwoLayerNet"], 14),
        (
            "TwoLayerNet.predict",
            ["Net was taken for TwoLayerNet", "forward was taken for TwoLayerNet.predict"],
            11,
        ),
        ("initialisation", ["Net was taken for TwoLayerNet"], 7),
        ("cross_entropy_error", [], None),
    ],
)
def test_a_component_stands_where_what_was_taken_for_it_is_defined(
    folder: Path, component: str, notes: list[str], line: int | None
) -> None:
    sample = check(verdict("unfaithful", component), notes=notes)
    assert find_line(sample, component) == line
    assert find_places(sample, {})[""] == Place("port.py")


def test_the_line_that_raised_comes_before_the_definition(folder: Path) -> None:
    said = "NameError: name 'nmp' is not defined (port.py:5), in every case"
    sample = check(verdict("error", "sigmoid", message=said), notes=["sigm was taken for sigmoid"])
    assert find_line(sample, "sigmoid") == 5


def test_a_line_of_a_file_that_is_not_there_is_nobodys(folder: Path) -> None:
    sample = check(verdict("error", "softmax", message="IndexError: no (numeric.py:99)"))
    assert find_line(sample, "softmax") == 2


@pytest.mark.parametrize(("edited", "line"), [("port", 12), ("reference", 2)])
def test_an_edit_of_the_port_names_its_line_and_one_of_the_reference_does_not(
    folder: Path, edited: str, line: int
) -> None:
    diff = "--- port.py\n+++ port.py\n@@ -12 +12 @@\n-        return x\n+        return -x"
    sample = check(verdict("unfaithful", cause=EDIT | {"diff": diff, "edited": edited}))
    assert find_line(sample, "softmax") == line


def test_a_function_under_another_name_stands_at_its_own(folder: Path) -> None:
    sample = check(verdict("unfaithful", "power"), against="reference.py")
    assert find_line(sample, "power", power="square") == 17


def test_one_that_was_asked_for_by_name_stands_there(folder: Path) -> None:
    sample = check(verdict("unfaithful", "power"), target="port.py:square", against="a.py:power")
    assert find_line(sample, "power") == 17


def test_layers_stand_where_they_are_made_and_functions_where_they_are_called(
    folder: Path,
) -> None:
    sample = make_model_check()
    sample.target, details = "port.py", sample.details
    assert details is not None
    mine = LayerSide("flatten", "port.py:12")
    details.layers = [
        row if row.kind != "between" else LayerRow("between", 1, None, mine, row.components)
        for row in details.layers
    ]
    assert find_line(sample, "norm") == 9
    assert find_line(sample, "input of norm") == 12


def test_a_part_of_a_sequential_stands_where_that_is_made(folder: Path) -> None:
    sample = make_model_check()
    sample.target, details = "port.py", sample.details
    assert details is not None
    mine = LayerSide("units.1.norm.0", "torch.nn.Conv2d")
    details.layers = [LayerRow("layer", 0, mine, mine, ("norm",))]
    assert find_line(sample, "norm") == 9


def test_a_target_that_is_not_there_is_named_as_typed(tmp_path: Path) -> None:
    sample = check(target="absent.py", hindrance="there is no file absent.py")
    assert find_places(sample, {}) == {"": Place("absent.py")}


def test_a_file_elsewhere_has_its_whole_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    sample = check(verdict("unfaithful"), target="../port.py")
    assert find_places(sample, {})["softmax"] == Place((folder / "port.py").as_posix(), 2)


def test_a_file_that_cannot_be_parsed_has_no_lines(folder: Path) -> None:
    (folder / "port.py").write_text("def softmax(:\n", encoding="utf-8")
    assert find_places(check(verdict("error")), {}) == {"": Place("port.py")}
