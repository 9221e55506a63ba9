"""What no listed change gives, an edit of the reference's source may: shown as that edit."""

from typing import Any

import numpy as np
import pytest
from functions_as_ports import judge_function
from judged_changes import judge_changed

from trueport.compare.causes.departure import Departure
from trueport.compare.causes.edits import list_edits
from trueport.compare.causes.experiments import Experiments
from trueport.compare.causes.reference_edits import (
    TruthFunction,
    diagnose_reference_edit,
    find_smallest_edit,
    join_alike,
)
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.observation import CaseResult
from trueport.compare.judging.expected import Expected
from trueport.compare.suite.case import Case
from trueport.compare.suite.fault import Edit
from trueport.compare.suite.mutants import apply_edits
from trueport.compare.suite.places import list_functions
from trueport.compare.workflow.assert_faithful import assert_faithful

GRADIENT = ("TwoLayerNet.gradient",)
SECONDS = 60.0


def one_too_many(y: Any, t: Any) -> Any:
    y, t = np.atleast_2d(y), np.atleast_1d(t)
    picked = y[np.arange(len(y)), t.reshape(len(y), -1).argmax(1) if t.size == y.size else t]
    return -np.sum(np.log(picked + 1e-7)) / (len(y) + 1)


@pytest.mark.sweep
def test_a_slip_in_both_branches_is_one_cause():
    verdict = judge_function("cross_entropy_error", one_too_many)
    assert verdict.cause is not None
    assert verdict.cause["id"] == "edit"
    added = [line for line in verdict.cause["diff"].splitlines() if line.startswith("+ ")]
    assert len(added) == 2
    assert all(line.endswith("/ (1 + batch_size)") for line in added)


SLIP = Edit("networks.py", "z1 * (1.0 - z1)", "z1 * (1.0 + z1)")


@pytest.mark.sweep
@pytest.mark.parametrize("beside", [(), CHAPTER.faults["F77"].truth_edits])
def test_a_slip_in_the_gradient_is_shown_beside_what_most_have(beside):
    verdict = judge_changed((*beside, SLIP), GRADIENT, SECONDS)["TwoLayerNet.gradient"]
    assert verdict.cause is not None
    assert verdict.status == "unfaithful"
    assert "+        da1 = np.dot(da2, W2.T) * z1 * (1.0 + z1)" in verdict.cause["diff"]
    second = verdict.cause["with"]
    assert (second and second["id"]) == ("F77" if beside else None)


def test_an_edit_found_on_top_of_another_change_can_be_made_without_it():
    base = CHAPTER.faults["F77"].truth_edits
    whole = apply_edits(CHAPTER.truth, base)["networks.py"]
    [(name, node)] = [f for f in list_functions(whole) if f[0] == "TwoLayerNet.gradient"]
    text = "".join(whole.splitlines(True)[node.lineno - 1 : node.end_lineno])
    function = TruthFunction("networks.py", name, node.lineno, text, whole)
    edit = find_smallest_edit(function, text.replace(SLIP.old, SLIP.new))
    assert SLIP.new in apply_edits(CHAPTER.truth, [edit])["networks.py"]
    assert SLIP.new in apply_edits(CHAPTER.truth, [*base, edit])["networks.py"]


def test_one_wrong_number_is_explained_by_no_edit():
    with pytest.raises(AssertionError, match="sigmoid") as failed:
        assert_faithful(np.array([0.0]), "sigmoid", np.array([3.0]))
    assert "with this change" not in str(failed.value)


def test_what_takes_no_time_tries_none():
    verdict = judge_function("cross_entropy_error", one_too_many, seconds=0.0)
    assert verdict.cause is None
    assert any("not every edit" in known for known in verdict.known)


def test_what_makes_no_edit_stays_unknown():
    verdict = judge_function("sigmoid", lambda x: np.cos(x) ** 2 / (3 + np.sin(x)))
    assert verdict.cause is None


def test_the_same_change_is_made_in_two_lines():
    source = "def f(x, n):\n    if n:\n        return x / n\n    return 2 * x / n\n"
    joint = [edit for edit in join_alike(list(list_edits(source))) if edit.also]
    assert any(edit.what == "-n, in two places" for edit in joint)
    assert all(edit.cost > 0 for edit in joint)


def make_departure(component: str, key: str, name: str, wrong: np.ndarray) -> Departure:
    case = Case(component, "one", {key: np.linspace(-2.0, 2.0, 12)})
    truth = {name: Expected(np.zeros(12), np.full(12, 1e-15))}
    seen = [(case, truth, CaseResult("ok", outputs={name: wrong}))]
    return Departure(seen, "float64", Experiments(CHAPTER))


def test_what_reads_files_is_not_edited():
    """An edit of it might fetch what nobody asked for."""
    departure = make_departure("load_mnist", "x", "x_train", np.arange(12.0))
    assert diagnose_reference_edit(departure).tried == 0


def test_what_an_edit_gave_is_forgotten():
    departure = make_departure("sigmoid", "x", "value", np.arange(12.0))
    assert diagnose_reference_edit(departure).tried > 0
    kept = {*departure.experiments.known, *departure.experiments.plain}
    assert all(edits == () for *_, edits in kept)
