"""The exact derivative of a loss that is a finding already is no finding of its own."""

import numpy as np
import pytest

from trueport.compare.causes.experiments import Experiments
from trueport.compare.causes.explain import explain
from trueport.compare.chapter.cases import generate_cases
from trueport.compare.chapter.faults import FAULTS
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.runner import CaseResult
from trueport.compare.judging.expected import compute_values, expected_outputs
from trueport.compare.judging.judge import group_by_component, judge_port
from trueport.compare.judging.results import Verdict
from trueport.compare.suite.mutants import import_mutant

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # mutants overflow on purpose
ENTROPY, GRADIENT = "cross_entropy_error", "TwoLayerNet.gradient"


def judge_keys(*keys: str) -> dict[str, Verdict]:
    """What is said of the reference with these known changes, the last of each line standing."""
    edits = {edit.old: edit for key in keys for edit in FAULTS[key].truth_edits}
    module = import_mutant(tuple(edits.values()), CHAPTER.truth)
    parts = (ENTROPY, "TwoLayerNet.loss", GRADIENT, "one update")
    cases = [c for c in generate_cases() if c.component in parts]
    truths = [expected_outputs(CHAPTER, case, "float64") for case in cases]
    with np.errstate(all="ignore"):
        results = {
            number: CaseResult("ok", outputs=compute_values(CHAPTER, case, "float64", module))
            for number, case in enumerate(cases)
            if "float64" in case.dtypes
        }
    verdicts = judge_port(CHAPTER, "port", "float64", cases, truths, results)
    groups = group_by_component(cases, truths, results, "float64")
    explain(verdicts, groups, Experiments(CHAPTER, 30.0))
    return {verdict.component: verdict for verdict in verdicts}


@pytest.mark.parametrize("loss", ["F27", "F27/picked", "F27/one-hot"])
def test_the_shortcut_follows_from_a_loss_without_an_epsilon(loss: str) -> None:
    told = judge_keys(loss, "F77")
    cause = told[ENTROPY].cause
    assert cause is not None
    assert cause["id"] == "F27"
    assert "as it was" not in cause["does"]
    assert (told[GRADIENT].status, told[GRADIENT].follows) == ("follows", ENTROPY)
    assert (told["one update"].status, told["one update"].follows) == ("follows", ENTROPY)


def test_the_shortcut_beside_a_right_loss_is_a_convention() -> None:
    told = judge_keys("F77")
    assert told[ENTROPY].status == "faithful"
    assert told[GRADIENT].status == "convention"
    assert told[GRADIENT].cause is not None
    assert told[GRADIENT].cause["id"] == "F77"


def test_another_fault_of_the_gradient_is_found_beside_a_loss_without_an_epsilon() -> None:
    told = judge_keys("F27/picked", "F77", "F63/omitted")
    assert told[ENTROPY].cause is not None
    assert told[ENTROPY].cause["id"] == "F27"
    assert told[GRADIENT].status == "unfaithful"
