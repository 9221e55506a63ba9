"""The sigmoid against arithmetic of 50 digits, and where it would overflow."""

import mpmath as mp
import numpy as np
import pytest

from trueport import reference

mp.mp.dps = 50
REFERENCE_ROUNDING = 1e-14  # of the reference in float64, some operations deep


@pytest.mark.parametrize("x", [-700.0, -40.0, -1.5, 0.0, 1e-3, 30.0, 700.0])
def test_sigmoid_keeps_its_digits_in_both_tails(x: float) -> None:
    want = float(1 / (1 + mp.exp(-mp.mpf(x))))
    assert reference.sigmoid(np.array(x)) == pytest.approx(want, rel=REFERENCE_ROUNDING, abs=0)


@pytest.mark.parametrize("x", [-1e3, -1e308, 1e3, np.inf, -np.inf])
def test_sigmoid_does_not_overflow(x: float) -> None:
    with np.errstate(all="raise", under="ignore"):
        assert reference.sigmoid(np.array(x)) == float(x > 0)
