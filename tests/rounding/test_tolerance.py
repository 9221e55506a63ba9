"""What the budget is: the lesser of the worst case and the probable error."""

import numpy as np
import pytest

from trueport.compare.rounding import allowance, carry, has_power
from trueport.compare.rounding.tolerance import POWER_SHARE, WORST_CASE_FACTOR, hoeffding_factor


def test_allowance_is_the_lesser_of_worst_case_and_probable():
    x = np.exp(carry(np.linspace(0, 1, 7), "float32"))
    worst, probable = WORST_CASE_FACTOR * x.a, hoeffding_factor(7) * np.sqrt(x.q)
    assert np.array_equal(allowance(x), np.minimum(worst, probable))
    assert np.array_equal(allowance(x, worst_case=True), worst)


def test_float64_budget_counts_the_rounding_of_the_reference():
    x = carry([1.0], "float64") / 3
    assert allowance(x, worst_case=True) == 2 * WORST_CASE_FACTOR * x.a


@pytest.mark.parametrize(
    ("want", "allowed", "power"),
    [
        ([1.0, 0.0], [POWER_SHARE, POWER_SHARE], True),
        ([1.0, 0.0], [1e-9, 1.01 * POWER_SHARE], False),
        ([0.0], [1e-30], False),
        ([np.nan], [1e-9], False),
        ([1.0], [np.inf], False),
        ([1.0], [np.nan], False),
        ([], [], False),
    ],
)
def test_power_is_judged_on_the_tensor(want, allowed, power):
    assert has_power(np.array(want), np.array(allowed)) is power


@pytest.mark.parametrize("dtype", ["float16", "int64"])
def test_only_float32_and_float64_ports_are_judged(dtype):
    with pytest.raises(ValueError, match=f"dtype must be one of float32, float64 .got {dtype}"):
        carry([1.0], dtype)
