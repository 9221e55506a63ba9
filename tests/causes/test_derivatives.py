"""The exact derivative of a loss that is a finding already is no finding of its own."""

import pytest
from judged_changes import judge_changed

from trueport.compare.chapter.faults import FAULTS
from trueport.compare.judging.verdict import Verdict

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # mutants overflow on purpose
ENTROPY, GRADIENT = "cross_entropy_error", "TwoLayerNet.gradient"


def judge_keys(*keys: str) -> dict[str, Verdict]:
    """What is said of the reference with these known changes, the last of each line standing."""
    edits = {edit.old: edit for key in keys for edit in FAULTS[key].truth_edits}
    parts = (ENTROPY, "TwoLayerNet.loss", GRADIENT, "one update")
    return judge_changed(tuple(edits.values()), parts, 30.0)


@pytest.mark.sweep
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


@pytest.mark.sweep
def test_another_fault_of_the_gradient_is_found_beside_a_loss_without_an_epsilon() -> None:
    told = judge_keys("F27/picked", "F77", "F63/omitted")
    assert told[ENTROPY].cause is not None
    assert told[ENTROPY].cause["id"] == "F27"
    assert told[GRADIENT].status == "unfaithful"


def test_the_gradient_of_a_fused_loss_follows_from_it_beside_a_function_that_clips() -> None:
    """As a model of Keras has it: its loss from the scores, its function of probabilities clipped.

    Both change one line of the reference's gradient, which is the fused loss's.
    """
    told = judge_keys("F54/keras", "F26/fused")
    loss, gradient = told["TwoLayerNet.loss"], told[GRADIENT]
    assert loss.cause is not None
    assert (loss.status, loss.cause["id"], loss.cause["form"]) == ("convention", "F26", "fused")
    assert (gradient.status, gradient.follows) == ("follows", "TwoLayerNet.loss")
    assert "unfaithful" not in [verdict.status for verdict in told.values()]
