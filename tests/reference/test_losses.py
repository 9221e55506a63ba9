"""What the losses refuse."""

import numpy as np
import pytest

from trueport import reference


@pytest.mark.parametrize(
    ("y", "t", "words"),
    [
        (np.ones((2, 3)), np.array([0, 3]), r"labels must lie in 0..2 \(got 3 at index 1\)"),
        (np.ones((2, 3)), np.array([-1, 0]), r"labels must lie in 0..2 \(got -1 at index 0\)"),
        (np.ones((2, 3)), np.array([[0], [1]]), r"\(got shape \(2, 1\)\)"),
        (np.ones((2, 3)), np.array([0.0, 1.0]), r"labels must be integers \(got float64\)"),
        (np.ones((2, 3)), np.array([0, 1, 2]), r"\(got shape \(3,\)\)"),
    ],
)
def test_labels_that_make_no_sense_are_refused(y, t, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        reference.cross_entropy_error(y, t)


def test_squares_of_unequal_shapes_are_refused_not_broadcast() -> None:
    with pytest.raises(ValueError, match=r"t must have the shape of y, \(4, 1\) \(got \(4,\)\)"):
        reference.sum_squares_error(np.ones((4, 1)), np.ones(4))
