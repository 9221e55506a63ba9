"""The benchmark of edits: what is made is named, and the page says so."""

from pathlib import Path

import pytest

from benchmarks.edits import MutantRecord, format_edits_page, judge_functions
from trueport.compare.causes.edits import list_edits
from trueport.compare.causes.edits.source_edit import JOINT_MODULES, MODULES

ROOT = Path(__file__).parents[2]
ROWS = [
    MutantRecord("activations", "gelu", "calls", "sin for tanh", "same", "sin for tanh", 0.5),
    MutantRecord("activations", "gelu", "names", "-x", "wrong", "sign of it", 1.5),
]


def test_a_page_counts_the_outcomes_and_lists_what_is_not_explained() -> None:
    page = format_edits_page(ROWS, 4)
    assert "1 of 2 explained, 0 cut short, 0 unknown, 1 wrong; a search takes 1.0 s" in page
    assert "| names |  |  |  |  |  | 1 |" in page
    assert "| gelu | names | -x | wrong | sign of it |" in page


def test_each_edit_says_its_family() -> None:
    known = {module.__name__.rpartition(".")[2] for module in (*MODULES, *JOINT_MODULES)}
    made = {edit.family for edit in list_edits("def f(x, y=0.1):\n    x = x + y\n    return x\n")}
    assert {"expressions", "names", "statements"} <= made <= known | {"statements"}


@pytest.mark.sweep
def test_edits_of_a_reference_are_named() -> None:
    records = list(judge_functions(ROOT / "examples" / "layers" / "initialisers.py", 3, 30.0))
    assert len(records) == 6
    assert {record.outcome for record in records} <= {"same", "equivalent", "told together"}


def test_what_is_known_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)  # a file is run in its own folder, here by this process
    file = ROOT / "examples" / "layers" / "initialisers.py"
    known = [
        MutantRecord("initialisers", name, "calls", "sin for cos", "same", "sin for cos", 0.5)
        for name in ("glorot_uniform", "he_normal")
    ]
    assert list(judge_functions(file, 1, 5.0, known)) == []
