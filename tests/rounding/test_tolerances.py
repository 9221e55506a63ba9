"""What the budget is: the lesser of the worst case and the probable error."""

import numpy as np
import pytest

from trueport.compare.rounding import as_exact, is_conclusive, tolerance
from trueport.compare.rounding.tolerances import (
    CONCLUSIVE_SHARE,
    WORST_CASE_FACTOR,
    compute_hoeffding_factor,
)


def test_allowance_is_the_lesser_of_worst_case_and_probable():
    x = np.exp(as_exact(np.linspace(0, 1, 7), "float32"))
    worst, probable = WORST_CASE_FACTOR * x.a, compute_hoeffding_factor(7) * np.sqrt(x.q)
    assert np.array_equal(tolerance(x), np.minimum(worst, probable))
    assert np.array_equal(tolerance(x, worst_case=True), worst)


def test_float64_budget_counts_the_rounding_of_the_reference():
    x = as_exact([1.0], "float64") / 3
    assert tolerance(x, worst_case=True) == 2 * WORST_CASE_FACTOR * x.a


@pytest.mark.parametrize(
    ("want", "allowed", "power"),
    [
        ([1.0, 0.0], [CONCLUSIVE_SHARE, CONCLUSIVE_SHARE], True),
        ([1.0, 0.0], [1e-9, 1.01 * CONCLUSIVE_SHARE], False),
        ([0.0], [1e-30], False),
        ([np.nan], [1e-9], False),
        ([1.0], [np.inf], False),
        ([1.0], [np.nan], False),
        ([], [], False),
    ],
)
def test_power_is_judged_on_the_tensor(want, allowed, power):
    assert is_conclusive(np.array(want), np.array(allowed)) is power


@pytest.mark.parametrize("dtype", ["float16", "int64"])
def test_only_float32_and_float64_ports_are_judged(dtype):
    with pytest.raises(ValueError, match=f"dtype must be one of float32, float64 .got {dtype}"):
        as_exact([1.0], dtype)
