"""The cause of a failure, where several explain it."""

import numpy as np
import pytest

from trueport.compare.causes.experiments import Experiments
from trueport.compare.causes.explain import explain, merge_edits
from trueport.compare.chapter.faults import FAULTS
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.runner import CaseResult
from trueport.compare.judging.judge import judge_component
from trueport.compare.judging.results import Verdict
from trueport.compare.suite.mutants import import_mutant
from trueport.compare.workflow.assert_faithful import compute_expected
from trueport.compare.workflow.own_arrays import make_case

LARGE = np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]])  # where a bound at 1e-7 changes nothing
SMALL = np.array([[1e-9, 0.5, 0.5 - 1e-9], [0.6, 0.3, 0.1]])
LABELS = np.array([0, 1])


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
