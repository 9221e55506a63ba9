"""Rules for functions that only move elements about or make arrays: nothing is rounded."""

from typing import Any

import numpy as np

from .error_array import ErrorArray, as_error_arrays, register_rule


@register_rule(np.where)
def where(condition: Any, x: Any, y: Any) -> ErrorArray:
    """Return x where the condition holds, else y: value and errors alike."""
    x, y = as_error_arrays(x, y)
    v, a, q = (np.where(condition, *pair) for pair in ((x.v, y.v), (x.a, y.a), (x.q, y.q)))
    return ErrorArray(v, a, q, x.rounding)


@register_rule(np.copy)
def copy(x: ErrorArray) -> ErrorArray:
    """Return a copy: values and errors alike."""
    return x.copy()


@register_rule(np.zeros_like, np.empty_like)
def zeros_like(x: ErrorArray) -> ErrorArray:
    """Return zeros without error, in the shape of x."""
    return x.map_parts(np.zeros_like)


@register_rule(np.ones_like)
def ones_like(x: ErrorArray) -> ErrorArray:
    """Return ones without error, in the shape of x."""
    zeros = x.map_parts(np.zeros_like)
    zeros.v[...] = 1.0
    return zeros


@register_rule(np.reshape)
def reshape(x: ErrorArray, shape: Any) -> ErrorArray:
    """Return x in another shape: values and errors alike."""
    return x.map_parts(np.reshape, shape)


@register_rule(np.transpose)
def transpose(x: ErrorArray, axes: Any = None) -> ErrorArray:
    """Return x with its axes permuted: values and errors alike."""
    return x.map_parts(np.transpose, axes)


@register_rule(np.stack)
def stack(arrays: Any, axis: int = 0) -> ErrorArray:
    """Join arrays along a new axis."""
    return join_arrays(np.stack, arrays, axis)


@register_rule(np.concatenate)
def concatenate(arrays: Any, axis: int | None = 0) -> ErrorArray:
    """Join arrays along an axis they have."""
    return join_arrays(np.concatenate, arrays, axis)


def join_arrays(function: Any, arrays: Any, axis: int | None) -> ErrorArray:
    """Apply a joining function of NumPy to the arrays' values and to their errors."""
    lifted = as_error_arrays(*arrays)
    v, a, q = (function([getattr(x, part) for x in lifted], axis=axis) for part in ("v", "a", "q"))
    return ErrorArray(v, a, q, lifted[0].rounding)


@register_rule(np.shape)
def shape(x: ErrorArray) -> tuple[int, ...]:
    """Return the shape of x."""
    return x.v.shape


@register_rule(np.ndim)
def ndim(x: ErrorArray) -> int:
    """Return how many axes x has."""
    return x.v.ndim


@register_rule(np.size)
def size(x: ErrorArray) -> int:
    """Return how many elements x has."""
    return x.v.size
