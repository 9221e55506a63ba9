"""The cause of a failure, where several explain it."""

from typing import Any

import numpy as np
import pytest
from functions_as_ports import judge_function
from judged_changes import judge_changed

from trueport.compare.causes.experiments import Experiments
from trueport.compare.causes.explain import explain
from trueport.compare.causes.merging import merge_edits
from trueport.compare.chapter.faults import FAULTS
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.observation import CaseResult
from trueport.compare.judging.judge import judge_component
from trueport.compare.judging.verdict import Verdict
from trueport.compare.suite.mutants import import_mutant
from trueport.compare.workflow.assert_faithful import compute_expected
from trueport.compare.workflow.own_arrays import make_case

LARGE = np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]])  # where a bound at 1e-7 changes nothing
SMALL = np.array([[1e-9, 0.5, 0.5 - 1e-9], [0.6, 0.3, 0.1]])
LABELS = np.array([0, 1])
SCORES = "F61/softmax in the loss"


def explained(y: np.ndarray, floor: float) -> Verdict:
    """The verdict on a cross-entropy with a floor under y and no epsilon."""
    case = make_case("cross_entropy_error", (y, LABELS), {})
    got = -np.mean(np.log(np.maximum(y[[0, 1], LABELS], floor)))
    seen = [
        (
            case,
            compute_expected(case, "float64"),
            CaseResult("ok", outputs={"value": np.array(got)}),
        )
    ]
    verdict = judge_component(CHAPTER, "port", "float64", case.component, seen)
    explain([verdict], {case.component: seen}, Experiments(CHAPTER))
    return verdict


@pytest.mark.parametrize(
    ("y", "floor", "status", "kind"),
    [(SMALL, 1e-7, "convention", "convention"), (LARGE, 0.0, "unfaithful", "fault")],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # changed references overflow on purpose
def test_a_convention_is_one_only_if_no_fault_explains_the_same(
    y: np.ndarray, floor: float, status: str, kind: str
) -> None:
    verdict = explained(y, floor)
    assert verdict.cause is not None
    assert (verdict.status, verdict.cause["kind"]) == (status, kind)
    assert "F26" in (verdict.cause["id"], *verdict.cause["also"])


def test_changes_of_one_line_do_not_stand_together_and_the_later_one_wins() -> None:
    clip, fused, before = (FAULTS[k].edits["reference"] for k in ("F54", "F26/fused", "F78"))
    made = merge_edits(CHAPTER, [clip, fused, before])
    assert made == (*fused, *before)
    assert callable(import_mutant(made, CHAPTER.truth).train)


def refuse(*args: Any) -> Any:
    raise TypeError("unsupported operand type(s) for *: 'float' and 'NoneType'")


def asks_for_more(y: Any, t: Any, device: Any) -> Any:
    return y


def misspelt(y: Any, t: Any) -> Any:
    if y.dim == 1:
        y, t = y.reshape(1, -1), t.reshape(1, -1)
    return y


@pytest.mark.parametrize("function", [refuse, asks_for_more, misspelt])
@pytest.mark.parametrize("component", ["cross_entropy_error", "sum_squares_error"])
def test_an_error_in_every_case_is_its_own_explanation(component: str, function: Any) -> None:
    verdict = judge_function(component, function)
    assert verdict.status == "error"
    assert verdict.cause is None
    assert verdict.message.endswith("in every case")


def test_none_in_every_case_is_what_a_change_without_a_return_gives() -> None:
    cause = judge_function("sum_squares_error", lambda y, t: None).cause
    assert cause is not None
    assert cause["id"] == "F92"


@pytest.mark.sweep
def test_an_error_beside_right_answers_is_put_down_to_the_change_that_raises_there() -> None:
    def entropy(y: Any, t: Any) -> Any:
        if y.ndim == 1:
            return y.dims
        if t.ndim == 2:
            t = t.argmax(1)
        return -np.mean(np.log(y[np.arange(len(t)), t] + 1e-7))

    verdict = judge_function("cross_entropy_error", entropy)
    assert verdict.status == "error"
    assert verdict.cause is None  # no known change asks for `dims`
    assert "AttributeError" in verdict.message


@pytest.mark.sweep
@pytest.mark.parametrize("others", [(), ("T24/ReLU",)], ids=["alone", "with a ReLU"])
def test_one_change_on_another_fit_of_an_earlier_finding_is_likelier_than_two(
    others: tuple[str, ...],
) -> None:
    """Scores from predict, whose softmax the loss takes: it is not taken twice."""
    keys = (SCORES, *others, "F27/picked")
    edits = {e.old: e for key in keys for e in FAULTS[key].truth_edits}
    told = judge_changed(tuple(edits.values()), ("TwoLayerNet.predict", "TwoLayerNet.loss"), 90.0)
    predict, loss = told["TwoLayerNet.predict"].cause, told["TwoLayerNet.loss"].cause
    assert predict is not None
    assert loss is not None
    assert f"{predict['id']}/{predict['form']}" == SCORES
    assert (loss["id"], loss["with"]) == ("F27", None)
