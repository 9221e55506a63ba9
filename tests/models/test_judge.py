"""How far a guess at a cause may be from what the port gave."""

import numpy as np

from trueport.compare.functions.spread import Budgeted
from trueport.compare.models.judge import measure_guess, measure_largest

WANT = np.array([4.0, 1e-3])
BUDGET = Budgeted(WANT, 1e-16 * WANT, np.zeros(2, bool))


def test_a_guess_has_the_roundings_of_its_own_numbers() -> None:
    guess = np.array([0.2, 0.8])  # a softmax, say, of what is right
    near = np.nextafter(guess, 1.0)
    assert measure_largest(guess, near, BUDGET) > 100
    assert 1.0 < measure_guess(guess, near, BUDGET) < 10


def test_it_has_none_of_larger_ones() -> None:
    far = WANT + np.array([0.0, 1e-15])
    assert measure_guess(WANT, far, BUDGET) > 1000
    assert measure_guess(WANT[:1], far, BUDGET) == np.inf
