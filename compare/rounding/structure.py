"""Rules for functions that only move elements about or make arrays: nothing is rounded."""

from typing import Any

import numpy as np

from .error_array import ErrorArray, implements, lift_all


@implements(np.where)
def where(condition: Any, x: Any, y: Any) -> ErrorArray:
    """x where the condition holds, else y: value and errors alike."""
    x, y = lift_all(x, y)
    v, a, q = (np.where(condition, *pair) for pair in ((x.v, y.v), (x.a, y.a), (x.q, y.q)))
    return ErrorArray(v, a, q, x.rounding)


@implements(np.copy)
def copy(x: ErrorArray) -> ErrorArray:
    return x.copy()


@implements(np.zeros_like, np.empty_like)
def zeros_like(x: ErrorArray) -> ErrorArray:
    return x.each(np.zeros_like)


@implements(np.ones_like)
def ones_like(x: ErrorArray) -> ErrorArray:
    zeros = x.each(np.zeros_like)
    zeros.v[...] = 1.0
    return zeros


@implements(np.reshape)
def reshape(x: ErrorArray, shape: Any) -> ErrorArray:
    return x.each(np.reshape, shape)


@implements(np.transpose)
def transpose(x: ErrorArray, axes: Any = None) -> ErrorArray:
    return x.each(np.transpose, axes)


@implements(np.stack)
def stack(arrays: Any, axis: int = 0) -> ErrorArray:
    return join(np.stack, arrays, axis)


@implements(np.concatenate)
def concatenate(arrays: Any, axis: int | None = 0) -> ErrorArray:
    return join(np.concatenate, arrays, axis)


def join(function: Any, arrays: Any, axis: int | None) -> ErrorArray:
    lifted = lift_all(*arrays)
    v, a, q = (function([getattr(x, part) for x in lifted], axis=axis) for part in ("v", "a", "q"))
    return ErrorArray(v, a, q, lifted[0].rounding)


@implements(np.shape)
def shape(x: ErrorArray) -> tuple[int, ...]:
    return x.v.shape


@implements(np.ndim)
def ndim(x: ErrorArray) -> int:
    return x.v.ndim


@implements(np.size)
def size(x: ErrorArray) -> int:
    return x.v.size
