"""Guesses at what a port does otherwise between two layers."""

import numpy as np

from trueport.compare.models.records import StepRecord
from trueport.compare.models.step_changes import list_step_changes


def shuffle(x: np.ndarray, groups: int) -> np.ndarray:
    rows = x.reshape(x.shape[0], groups, -1, *x.shape[2:])
    return rows.swapaxes(1, 2).reshape(x.shape)


def test_channels_shuffled_in_the_other_number_of_groups_are_among_them() -> None:
    x = np.random.default_rng(0).normal(size=(2, 12, 3))
    step = StepRecord("/reshape#0", "", "reshape", "", ("in",), ("out",))
    arrays = {"in": x, "out": shuffle(x, 3)}
    told = [
        one.text
        for one in list_step_changes(step, arrays, paired=False)
        if np.array_equal(one.output, shuffle(x, 4))
    ]
    assert told == ["reshape: axis 1 shuffled in 4 groups in place of 3"]


def list_masks(by: int) -> list[str]:
    """Return the guesses at a causal mask of the port's that is moved by some places."""
    rng = np.random.default_rng(0)
    scores, ones = rng.normal(size=(2, 5, 5)), np.ones((5, 5), bool)
    masked, mine = (np.where(np.triu(ones, k), -np.inf, scores) for k in (1, 1 + by))
    step = StepRecord("/masked_fill#0", "", "masked_fill", "", ("in",), ("out",))
    arrays = {"in": scores, "out": masked}
    guesses = list_step_changes(step, arrays, paired=False)
    return [one.text for one in guesses if np.array_equal(one.output, mine)]


def test_a_mask_that_is_off_by_one_is_among_them() -> None:
    assert list_masks(1) == ["masked_fill: one more place to the right is seen"]
    assert list_masks(2) == []
