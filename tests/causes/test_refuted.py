"""A cause must predict what is asked next of the same call; a constant is told from a factor."""

import numpy as np
import pytest
from judged_changes import judge_changed

from trueport.compare.causes.departure import Departure
from trueport.compare.causes.experiments import Experiments
from trueport.compare.chapter.adapters import correlate_draws
from trueport.compare.chapter.faults import FAULTS
from trueport.compare.chapter.faults.patch_points import AT
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.execution.observation import CaseResult
from trueport.compare.suite.case import Case

SLIDING = """\
size, first = batch_mask.shape[0], 3 * i
        rows = [j % x_train.shape[0] for j in range(first, first + size)]
        x_batch, t_batch = x_train[rows], t_train[rows]"""


@pytest.mark.sweep
def test_a_cause_of_one_update_that_two_updates_refute_is_not_named() -> None:
    sliding = AT["BATCH"](reference=SLIDING)["reference"]
    told = judge_changed(sliding, ("one update", "two updates"), 6.0)
    one, two = told["one update"], told["two updates"]
    assert one.status == "unfaithful"
    assert one.cause is None
    assert any("F34" in words and "two updates refutes" in words for words in one.known)
    assert (two.status, two.follows) == ("follows", "one update")


def test_a_cause_of_one_update_that_gives_two_updates_too_is_named() -> None:
    edits = FAULTS["F34/first rows"].truth_edits
    told = judge_changed(edits, ("one update", "two updates"), 20.0)
    cause = told["one update"].cause
    assert cause is not None
    assert (cause["id"], cause["form"]) == ("F34", "first rows")
    assert told["two updates"].follows == "one update"


def test_what_is_made_of_a_coarser_rounding_follows_from_it() -> None:
    module = FAULTS["F59/h = 1e-06"].truth_edits
    told = judge_changed(module, ("numerical_gradient", "SimpleNet gradient"), 20.0)
    cause = told["numerical_gradient"].cause
    assert cause is not None
    assert cause["name"] == "difference quotient with h = 1e-06"


@pytest.mark.parametrize(("sizes", "told"), [((100,), False), ((100, 100), False), ((7, 5), True)])
def test_a_constant_is_told_from_a_factor_by_batches_of_two_sizes(
    sizes: tuple[int, ...], told: bool
) -> None:
    cases = [Case("TwoLayerNet.gradient", str(n), {"t": np.zeros(n, int)}) for n in sizes]
    seen = [(case, {}, CaseResult("ok")) for case in cases]
    departure = Departure(seen, "float64", Experiments(CHAPTER))
    assert departure.is_told(FAULTS["F95/gradient, 50"]) == told
    assert departure.is_told(FAULTS["F77"])


def test_right_seeds_give_no_correlation_and_one_seed_gives_it_whole() -> None:
    within = 6.0 / np.sqrt(60_000)
    for seed in range(40):
        one, other = np.random.RandomState(seed), np.random.RandomState(seed + 1)
        W1, W2 = one.randn(400, 300), other.randn(300, 200)
        assert abs(correlate_draws(W1, W2)) < within
        assert abs(correlate_draws(W1, one.randn(300, 200))) < within
    again = np.random.RandomState(seed)
    assert correlate_draws(0.01 * W1, again.randn(300, 200)) == pytest.approx(1.0)
    again = np.random.RandomState(seed)
    assert correlate_draws(W1.reshape(300, 400).T, again.randn(200, 300).T) == pytest.approx(1.0)
    assert correlate_draws(np.zeros((4, 3)), np.zeros((3, 2))) == 0.0
