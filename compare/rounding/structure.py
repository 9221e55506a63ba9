"""Rules for functions that round nothing: they move elements about, or only look at them."""

from functools import partial
from typing import Any

import numpy as np

from .error_array import ROUNDING_RULES, ErrorArray, as_error_arrays, register_rule


def move_elements(function: Any, x: ErrorArray, *args: Any, **kwargs: Any) -> ErrorArray:
    """Apply a function that moves elements about to values and errors alike."""
    return x.map_parts(function, *args, **kwargs)


def join_arrays(function: Any, arrays: Any, axis: int | None = 0) -> ErrorArray:
    """Apply a joining function of NumPy to the arrays' values and to their errors."""
    lifted = as_error_arrays(*arrays)
    v, a, q = (function([getattr(x, part) for x in lifted], axis=axis) for part in ("v", "a", "q"))
    return ErrorArray(v, a, q, lifted[0].rounding)


def look_at_values(function: Any, *operands: Any, **kwargs: Any) -> Any:
    """Apply a function that gives something plain, as a comparison, to the values alone.

    A port may decide otherwise near equality: the reference's one branch, in the sigmoid, is
    continuous there.
    """
    values = (x.v if isinstance(x, ErrorArray) else x for x in operands)
    return function(*values, **kwargs)


for rule, functions in (
    (move_elements, (np.copy, np.reshape, np.transpose)),
    (join_arrays, (np.stack, np.concatenate)),
    (look_at_values, (np.equal, np.not_equal, np.less, np.less_equal, np.greater)),
    (look_at_values, (np.greater_equal, np.isfinite, np.isnan, np.isinf)),
    (look_at_values, (np.argmax, np.shape, np.ndim, np.size)),
):
    ROUNDING_RULES.update({function: partial(rule, function) for function in functions})


@register_rule(np.where)
def where(condition: Any, x: Any, y: Any) -> ErrorArray:
    """Return x where the condition holds, else y: value and errors alike."""
    x, y = as_error_arrays(x, y)
    v, a, q = (np.where(condition, *pair) for pair in ((x.v, y.v), (x.a, y.a), (x.q, y.q)))
    return ErrorArray(v, a, q, x.rounding)


@register_rule(np.zeros_like, np.empty_like)
def zeros_like(x: ErrorArray) -> ErrorArray:
    """Return zeros without error, in the shape of x."""
    return x.map_parts(np.zeros_like)


@register_rule(np.ones_like)
def ones_like(x: ErrorArray) -> ErrorArray:
    """Return ones without error, in the shape of x."""
    zeros = zeros_like(x)
    zeros.v[...] = 1.0
    return zeros
