"""The worst case of sums and products is one, in any order."""

import numpy as np
import pytest
from sample_budget import ORDERS

from trueport.compare.rounding import as_exact, get_rounding, tolerance


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("D", [1, 2, 30, 784])
def test_worst_case_of_sums_and_products_holds_in_any_order(order, D):
    """Sums, products of matrices and layers in float32, with cancellation and without."""
    sum_, dot = ORDERS[order]
    rng = np.random.default_rng(D)
    for shift in (0.0, 1.0):
        x, W = ((rng.standard_normal(s) + shift).astype(np.float32) for s in ((9, D), (D, 5)))
        b = rng.standard_normal(5).astype(np.float32) * 100
        cx, cW, cb = (as_exact(z, "float32") for z in (x, W, b))
        pairs = [
            (sum_(x, 1), np.sum(cx, axis=1)),
            (dot(x, W), cx @ cW),
            (dot(x, W) + b, cx @ cW + cb),
            (dot(np.exp(x), W), np.dot(np.exp(cx), cW)),
        ]
        for got, want in pairs:
            assert np.all(np.abs(got - want.v) <= want.a)


def test_bias_may_be_the_first_addend():
    """Products too small to move the bias are all lost: the worst case knows, if b is a bias."""
    n, u = 784, get_rounding("float32").u
    x, W, b = np.full((1, n), 0.9 * u, np.float32), np.ones((n, 1), np.float32), np.ones(1)
    got = np.float32(1)
    for product in (x * W.T)[0]:
        got += product
    product = np.dot(as_exact(x, "float32"), as_exact(W, "float32"))
    as_bias, as_term = product + b, product * 1.0 + b
    assert abs(got - as_bias.v) <= as_bias.a
    assert abs(got - as_term.v) > as_term.a
    assert product.addends is not None
    assert as_bias.addends is None
    assert np.all((b + product).a == as_bias.a)


@pytest.mark.parametrize("N", [20_000])
def test_sequential_sum_of_constants_needs_the_worst_case(N):
    """The known limit of the probable budget: roundings all one way; `worst_case` is the remedy."""
    x = np.full(N, 0.1, np.float32)
    want = np.sum(as_exact(x, "float32"))
    error = abs(np.cumsum(x)[-1] - want.v)
    assert tolerance(want) < error <= tolerance(want, worst_case=True)


def test_adding_zeros_costs_nothing():
    one = np.array([0.0, 0.3, 0.0], np.float32)
    assert np.sum(as_exact(one, "float32")).a == 0
    assert np.dot(as_exact(one, "float32"), np.ones(3)).a < 2 * get_rounding("float32").u * 0.3
