"""Rules for functions that only move elements about or make arrays: nothing is rounded."""

from typing import Any

import numpy as np

from .error_array import ErrorArray, as_error_arrays, register_rule


@register_rule(np.where)
def where(condition: Any, x: Any, y: Any) -> ErrorArray:
    """x where the condition holds, else y: value and errors alike."""
    x, y = as_error_arrays(x, y)
    v, a, q = (np.where(condition, *pair) for pair in ((x.v, y.v), (x.a, y.a), (x.q, y.q)))
    return ErrorArray(v, a, q, x.rounding)


@register_rule(np.copy)
def copy(x: ErrorArray) -> ErrorArray:
    """Return a copy."""
    return x.copy()


@register_rule(np.zeros_like, np.empty_like)
def zeros_like(x: ErrorArray) -> ErrorArray:
    """Return exact zeros."""
    return x.map_parts(np.zeros_like)


@register_rule(np.ones_like)
def ones_like(x: ErrorArray) -> ErrorArray:
    """Return exact ones."""
    zeros = x.map_parts(np.zeros_like)
    zeros.v[...] = 1.0
    return zeros


@register_rule(np.reshape)
def reshape(x: ErrorArray, shape: Any) -> ErrorArray:
    """Return the same elements in another shape."""
    return x.map_parts(np.reshape, shape)


@register_rule(np.transpose)
def transpose(x: ErrorArray, axes: Any = None) -> ErrorArray:
    """Return the axes in another order."""
    return x.map_parts(np.transpose, axes)


@register_rule(np.stack)
def stack(arrays: Any, axis: int = 0) -> ErrorArray:
    """Return the arrays along a new axis."""
    return join_arrays(np.stack, arrays, axis)


@register_rule(np.concatenate)
def concatenate(arrays: Any, axis: int | None = 0) -> ErrorArray:
    """Return the arrays along an axis that they have."""
    return join_arrays(np.concatenate, arrays, axis)


def join_arrays(function: Any, arrays: Any, axis: int | None) -> ErrorArray:
    """Apply a function that joins arrays to values and errors alike."""
    lifted = as_error_arrays(*arrays)
    v, a, q = (function([getattr(x, part) for x in lifted], axis=axis) for part in ("v", "a", "q"))
    return ErrorArray(v, a, q, lifted[0].rounding)


@register_rule(np.shape)
def shape(x: ErrorArray) -> tuple[int, ...]:
    """Return the shape, which is exact."""
    return x.v.shape


@register_rule(np.ndim)
def ndim(x: ErrorArray) -> int:
    """Return the number of axes."""
    return x.v.ndim


@register_rule(np.size)
def size(x: ErrorArray) -> int:
    """Return the number of elements."""
    return x.v.size
