"""Rules for functions of each element: errors go through its derivative (Higham 2002, ch. 2-3)."""

from functools import partial
from typing import Any

import numpy as np

from .error_array import ROUNDING_RULES, ErrorArray, as_error_arrays, register_rule
from .reductions import gamma
from .tolerances import LINEAR_RANGE


@register_rule(np.add)
def add(x: Any, y: Any) -> ErrorArray:
    """Return x + y; if one of them is a product of matrices, the other is its bias."""
    x, y = as_error_arrays(x, y)
    if (x.addends is None) != (y.addends is None):
        return add_bias(x, y) if y.addends is None else add_bias(y, x)
    return x.rounded(x.v + y.v, x.a + y.a, x.q + y.q)


@register_rule(np.subtract)
def subtract(x: Any, y: Any) -> ErrorArray:
    """Return x - y."""
    x, y = as_error_arrays(x, y)
    return x.rounded(x.v - y.v, x.a + y.a, x.q + y.q)


def add_bias(product: ErrorArray, bias: ErrorArray) -> ErrorArray:
    """Return x W + b, where b may be the first of the addends (as in torch) or the last.

    With n products of magnitudes that sum to M, P = x W and T = P + b: any order of adding the
    n + 1 terms errs by at most gamma_{n+1} (M + |b|), of which the product has gamma_n M already.
    To the mean square come the last rounding, T^2, and b in every partial sum.
    """
    u, (n, magnitude) = product.rounding.u, product.addends or (0, 0)
    P, b, T = product.v, bias.v, product.v + bias.v
    last, before = gamma(n + 1, u), gamma(n, u)
    a = product.a + (1 + last) * bias.a + (last - before) * magnitude + last * np.abs(b)
    partial_sums = (n + 1) * (b * b / 2 + np.maximum(T * T - P * P, 0) / 3)
    q = product.q + bias.q + u * u * (T * T + partial_sums)
    return product.rounded(T, a, q, kappa=0)


@register_rule(np.multiply)
def multiply(x: Any, y: Any) -> ErrorArray:
    """Return x y, itself without error if a factor is exactly 0 or a power of two."""
    if x is y:  # the two errors are one: not independent
        return power(x, 2)
    x, y = as_error_arrays(x, y)
    a = np.abs(x.v) * y.a + np.abs(y.v) * x.a + x.a * y.a
    q = x.v**2 * y.q + y.v**2 * x.q + x.q * y.q
    return x.rounded(x.v * y.v, a, q, kappa=~(is_power_of_two(x) | is_power_of_two(y)))


@register_rule(np.divide)
def divide(x: Any, y: Any) -> ErrorArray:
    """Return x / y; without bound where y may be zero."""
    x, y = as_error_arrays(x, y)
    v, size = x.v / y.v, np.abs(y.v)
    a = np.where(size > y.a, (x.a + np.abs(v) * y.a) / (size - y.a), np.inf)
    q = (x.q + v * v * y.q) / y.v**2
    return x.rounded(v, a, first_order_or_inf(q, y.q / y.v**2), kappa=~is_power_of_two(y))


@register_rule(np.power)
def power(x: Any, exponent: Any) -> ErrorArray:
    """Return x to a whole power n, as n - 1 multiplications."""
    plain = not isinstance(exponent, ErrorArray) and np.ndim(exponent) == 0
    if not plain or exponent < 0 or exponent % 1 != 0:
        raise TypeError(
            f"no rounding rule for numpy.power with exponent {exponent}: "
            "must be one whole number, 0 or more (write 1 / x**n, np.sqrt or np.exp instead)"
        )
    if exponent == 0:
        return np.ones_like(x)
    (x,), n = as_error_arrays(x), int(exponent)
    a = n * (np.abs(x.v) + x.a) ** (n - 1) * x.a
    q = (n * x.v ** (n - 1)) ** 2 * x.q
    return x.rounded(x.v**exponent, a, q, kappa=n - 1)


@register_rule(np.exp)
def exp(x: ErrorArray) -> ErrorArray:
    """Return the exponential of x."""
    v = np.exp(x.v)
    q = first_order_or_inf(v * v * x.q, x.q)
    return x.rounded(v, v * np.expm1(x.a), q, kappa=x.rounding.kappas["exp"])


@register_rule(np.log)
def log(x: ErrorArray) -> ErrorArray:
    """Return log x; without bound where x may be zero or less."""
    relative = np.where(x.v > x.a, x.a / x.v, 1.0)
    q = np.where(x.v > 0, x.q / x.v**2, np.inf)
    a, q = -np.log1p(-relative), first_order_or_inf(q, q)
    return x.rounded(np.log(x.v), a, q, kappa=x.rounding.kappas["log"])


@register_rule(np.tanh)
def tanh(x: ErrorArray) -> ErrorArray:
    """Return tanh x, whose slope 1 - tanh^2 changes by no more than the error of x."""
    v = np.tanh(x.v)
    slope = 1.0 - v * v
    a = np.minimum(slope + x.a, 1.0) * x.a
    q = first_order_or_inf(slope**2 * x.q, x.q)
    return x.rounded(v, a, q, kappa=x.rounding.kappas["exp"])


@register_rule(np.sqrt)
def sqrt(x: ErrorArray) -> ErrorArray:
    """Return the root: an error d of x moves it by at most sqrt|d|, far from 0 by much less."""
    v = np.sqrt(x.v)
    a = np.fmin(x.a / (v + np.sqrt(np.maximum(x.v - x.a, 0))), np.sqrt(x.a))
    return x.rounded(v, a, first_order_or_inf(x.q / (4 * x.v), x.q / x.v**2))


def change_sign(function: Any, x: ErrorArray) -> ErrorArray:
    """Return -x or |x|, which have no error of their own."""
    return ErrorArray(function(x.v), x.a.copy(), x.q.copy(), x.rounding)


ROUNDING_RULES.update({f: partial(change_sign, f) for f in (np.negative, np.absolute)})
ROUNDING_RULES[np.square] = partial(power, exponent=2)


@register_rule(np.maximum)
def maximum(x: Any, y: Any) -> ErrorArray:
    """Return the greater; where they are closer than their errors a port may take the other."""
    x, y = as_error_arrays(x, y)
    first, close = x.v >= y.v, np.abs(x.v - y.v) <= x.a + y.a
    a, q = (
        np.where(close, np.maximum(one, other), np.where(first, one, other))
        for one, other in ((x.a, y.a), (x.q, y.q))
    )
    return ErrorArray(np.maximum(x.v, y.v), a, q, x.rounding)


@register_rule(np.minimum)
def minimum(x: Any, y: Any) -> ErrorArray:
    """Return the smaller, as the negative of the greater of -x and -y."""
    x, y = as_error_arrays(x, y)
    return -maximum(-x, -y)


@register_rule(np.clip)
def clip(x: Any, a_min: Any = None, a_max: Any = None) -> ErrorArray:
    """Return x kept between a_min and a_max; None is no bound."""
    above = x if a_min is None else np.maximum(x, a_min)
    return above if a_max is None else np.minimum(above, a_max)


def is_power_of_two(x: ErrorArray) -> np.ndarray:
    """Where x is exactly 0 or a power of two, so that a product with it has no error of its own.

    >>> from trueport.compare.rounding import as_exact
    >>> is_power_of_two(as_exact([0.0, 1.0, -0.25, 3.0], "float32"))
    array([ True,  True,  True, False])
    """
    fraction = np.abs(np.frexp(x.v)[0])
    return (x.a == 0) & ((fraction == 0.5) | (fraction == 0))


def first_order_or_inf(q: Any, relative: Any) -> np.ndarray:
    """Return q where the argument's relative mean square allows first order, else infinity."""
    return np.where(relative <= LINEAR_RANGE**2, q, np.inf)
