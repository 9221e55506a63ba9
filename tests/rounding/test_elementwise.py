"""The worst case of every elementwise operation is one: nothing exceeds it."""

import mpmath
import numpy as np
import pytest
from sample_budget import DTYPES

from trueport.compare.rounding import as_exact, is_conclusive, tolerance

ELEMENTWISE = {  # in NumPy's protocols and in mpmath alike
    "add": lambda m, x, y: x + y,
    "subtract": lambda m, x, y: x - y,
    "multiply": lambda m, x, y: x * y,
    "divide": lambda m, x, y: x / y,
    "square": lambda m, x, y: x**2,
    "fifth power": lambda m, x, y: x**5,
    "exp": lambda m, x, y: m.exp(x),
    "log": lambda m, x, y: m.log(x),
    "sqrt": lambda m, x, y: m.sqrt(x),
    "negative": lambda m, x, y: -x,
    "absolute": lambda m, x, y: abs(x),
    "half": lambda m, x, y: 0.5 * x,
    "constant that is not representable": lambda m, x, y: x + 1e-7,
    "one operand twice": lambda m, x, y: x * x,
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_worst_case_is_never_exceeded(name, dtype):
    """Each operation, on operands that were rounded before, against 50 digits."""
    operation, rng = ELEMENTWISE[name], np.random.default_rng(0)
    x, y, s = (rng.uniform(0.1, 8, 500).astype(dtype) for _ in range(3))
    got = operation(np, x * s, y / s)
    cx, cy, cs = (as_exact(z, dtype) for z in (x, y, s))
    bound = operation(np, cx * cs, cy / cs).a
    with mpmath.workdps(50):
        digits = ([mpmath.mpf(number) for number in z.tolist()] for z in (x, y, s))
        exact = [operation(mpmath.mp, a * c, b / c) for a, b, c in zip(*digits, strict=True)]
        errors = [abs(mpmath.mpf(float(g)) - e) for g, e in zip(got, exact, strict=True)]
        assert got.dtype == dtype
        assert all(error <= b for error, b in zip(errors, bound.tolist(), strict=True))


def test_nothing_known_is_infinite_and_silent(recwarn):
    """Zero in a divisor's interval, no logarithm, overflow: infinite bounds, no NaN, no warning."""
    zero = as_exact([1.0], "float32") / 3 - as_exact([1.0], "float32") / 3
    hopeless = [1 / zero, np.log(zero), np.log(as_exact([-1.0], "float32")), 0 * np.log(0 * zero),
                np.exp(as_exact([1e4], "float32")), zero / zero]  # fmt: skip
    for result in hopeless:
        assert result.a == np.inf
        assert result.q == np.inf
        assert tolerance(result) == np.inf
        assert not is_conclusive(result.v, tolerance(result))
    assert not recwarn.list


def test_maximum_takes_the_errors_of_the_winner_and_of_what_comes_close():
    x = as_exact([1.0, 5.0], "float32") / 3
    close = as_exact([0.1, 0.1 * (1 + 2**-20)], "float32") * as_exact([1.0, 3.0], "float32") ** 0
    assert np.max(x).a == x.a[1]
    assert np.max(close).a >= close.a[1]
    assert np.maximum(x, 1.0).v.tolist() == np.maximum(x.v, 1.0).tolist()
