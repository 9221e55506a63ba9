"""Rules for sums, products of matrices and maxima: many operands, in whatever order."""

from functools import partial
from typing import Any

import numpy as np

from .error_array import (
    ROUNDING_RULES,
    ErrorArray,
    as_error_arrays,
    register_rule,
    replace_nan_by_inf,
)


def gamma(n: Any, u: float) -> np.ndarray:
    """Return n u / (1 - n u): n roundings in a row, worst case (Higham 2002, lemma 3.1).

    >>> float(gamma(2, 0.125))
    0.3333333333333333
    """
    nu = np.asarray(n) * u
    return np.where(nu < 1, nu / np.maximum(1 - nu, np.finfo(float).tiny), np.inf)


def compute_partial_squares(n: Any, Q: Any, T: Any) -> np.ndarray:
    """Return the mean, over random orders of n addends, of the summed squares of partial sums.

    Q: sum of the addends' squares. T: their sum. Each partial sum rounds once, so u^2 times this is
    the mean square of the error of a sum (Higham and Mary 2019 for the model).

    >>> float(compute_partial_squares(2, 1.0**2 + 2.0**2, 3.0)), (1.0**2 + 2.0**2) / 2 + 3.0**2
    (11.5, 11.5)
    """
    return np.where(n > 1, (n + 1) * (Q / 6 + T * T / 3), 0.0)


@register_rule(np.sum)
def sum(x: ErrorArray, axis: Any = None, keepdims: bool = False) -> ErrorArray:
    """Return the sum over axis; without error of its own if at most one addend is not zero."""

    def total(part: np.ndarray) -> Any:
        return np.sum(part, axis=axis, keepdims=keepdims)

    u, tau, T, a, q = x.rounding.u, x.rounding.tau, total(x.v), total(x.a), total(x.q)
    additions = np.maximum(np.count_nonzero(x.v, axis=axis, keepdims=keepdims) - 1, 0)
    worst = gamma(additions, u)
    a = a + worst * (total(np.abs(x.v)) + a) + additions * tau
    q = q + u * u * compute_partial_squares(additions + 1, total(x.v**2), T) + additions * tau**2
    return ErrorArray(T, a, q, x.rounding)


@register_rule(np.mean)
def mean(x: ErrorArray, axis: Any = None, keepdims: bool = False) -> ErrorArray:
    """Return the mean over axis: a sum and a division."""
    total = sum(x, axis, keepdims)
    return total / (x.size // max(total.size, 1))


def multiply_arrays(multiply: Any, x: Any, y: Any) -> ErrorArray:
    """Multiply vectors and matrices: each element adds up n products that are not zero.

    Worst case gamma_n |x| |y|, with fused multiply-add or without (Higham 2002, section 3.1).
    """
    x, y = as_error_arrays(x, y)
    if not (1 <= x.ndim <= 2 and 1 <= y.ndim <= 2):
        raise TypeError(f"numpy.{multiply.__name__} has a rounding rule for vectors and matrices "
                        f"(got shapes {x.shape} and {y.shape}): use * for numbers")  # fmt: skip
    u, tau, size_x, size_y = x.rounding.u, x.rounding.tau, np.abs(x.v), np.abs(y.v)
    square_x, square_y = x.v**2, y.v**2
    T, Q = multiply(x.v, y.v), multiply(square_x, square_y)
    n = multiply((x.v != 0).astype(float), (y.v != 0).astype(float))
    magnitude = multiply(size_x, size_y)
    worst = gamma(n, u)
    a = worst * magnitude + 2 * n * tau
    q = u * u * (Q + compute_partial_squares(n, Q, T)) + 2 * n * tau**2
    if x.a.any():
        a = a + (1 + worst) * multiply(x.a, size_y + y.a)
        q = q + multiply(x.q, square_y + y.q)
    if y.a.any():
        a = a + (1 + worst) * multiply(size_x, y.a)
        q = q + multiply(square_x, y.q)
    a, q = replace_nan_by_inf(a), replace_nan_by_inf(q)
    return ErrorArray(T, a, q, x.rounding, addends=(n, magnitude))


ROUNDING_RULES.update({f: partial(multiply_arrays, f) for f in (np.dot, np.matmul)})


@register_rule(np.max, np.amax)
def max_(x: ErrorArray, axis: int | None = None, keepdims: bool = False) -> ErrorArray:
    """Return the maximum; the port may find another among those closer than their errors."""
    v = np.max(x.v, axis=axis, keepdims=True)
    a_at_max = np.max(np.where(x.v == v, x.a, 0.0), axis=axis, keepdims=True)
    candidate = x.v + x.a >= v - a_at_max
    errors = (np.where(candidate, error, 0.0) for error in (x.a, x.q))
    a, q = (np.max(error, axis=axis, keepdims=keepdims) for error in errors)
    return ErrorArray(np.max(x.v, axis=axis, keepdims=keepdims), a, q, x.rounding)
