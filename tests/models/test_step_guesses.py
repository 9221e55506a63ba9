"""What a step that departs may be instead: each guess once."""

import numpy as np
import pytest

from trueport.compare.models.step_guesses import combine, leave_out

X, Y = np.array([-1.0, 2.0]), np.array([3.0, 5.0])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([X], ["relu is left out"]),
        ([X, X.copy()], ["relu is left out"]),
        ([X, Y], [f"relu is left out (what is left is its input {n})" for n in (0, 1)]),
    ],
)
def test_a_step_is_left_out_once_for_each_input(given: list[np.ndarray], told: list[str]) -> None:
    assert [words for _, words, _ in leave_out("relu", given, X)] == told


@pytest.mark.parametrize(("other", "mean"), [(X.copy(), False), (Y, True)])
def test_the_mean_of_an_array_with_itself_is_no_guess(other: np.ndarray, mean: bool) -> None:
    told = [words for _, words, _ in combine("add", [X, other], X)]
    assert ("add: their mean" in told) == mean
    assert "add: multiplied" in told
