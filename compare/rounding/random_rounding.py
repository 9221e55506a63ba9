"""How far rounding may carry any NumPy function: its operations perturbed at random, many times.

Monte Carlo arithmetic (Parker 1997; Verificarlo, Denis et al. 2016; CADNA, Jézéquel and Chesneaux
2008): the function runs in float64 on arrays whose every inexact operation is moved by the unit
roundoff of the port's dtype, up or down. What it gives departs from the unperturbed run as a right
port's would. No list of NumPy's functions is needed: those written in Python are made of ufuncs.

>>> import numpy as np
>>> with perturbed(np.random.default_rng(0), "float32"):
...     moved = np.exp(np.full(4, 0.3).view(RandomArray))
>>> relative = np.abs(np.asarray(moved) / np.exp(0.3) - 1)
>>> bool(np.all((relative > 0) & (relative < 1e-6)))
True

A result that is exact in the port's dtype has no rounding error and is not moved: 0.5 + 0.25, a
comparison's 1.0, a mask; but for a quotient, which another order of operations rounds. What is
larger than the dtype holds becomes infinite, as in the port.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from .noise import LARGE_ARRAY, Noise
from .operation_errors import EXACT_UFUNCS, find_inexact, measure_step, measure_sum

# Products of arrays that NumPy computes in C, and not by a ufunc: each is a sum of products.
PRODUCTS = frozenset({np.dot, np.inner, np.vdot, np.einsum, np.tensordot, np.outer, np.kron})
# Others in C, which see the plain values: their arguments are moved instead, as is what they give.
COMPILED = frozenset({np.convolve, np.correlate, np.interp, np.bincount, np.histogram, np.polyfit})
COMPILED_MODULES = ("numpy.linalg", "numpy.fft")


class _Active:
    noise: Noise | None = None


def is_perturbed() -> bool:
    """Whether a perturbed run is under way."""
    return _Active.noise is not None


def current_noise() -> Noise:
    """Return the roundings of the run under way."""
    assert _Active.noise is not None, "no perturbed run is under way"
    return _Active.noise


@contextmanager
def perturbed(rng: np.random.Generator, dtype: str, scale: float = 1.0) -> Iterator[Noise]:
    """In the block, what is done to a `RandomArray` is rounded at random as by a port of dtype.

    scale: how many times as far, as `Noise` has it.
    """
    before, _Active.noise = _Active.noise, Noise(rng, dtype, scale)
    try:
        yield current_noise()
    finally:
        _Active.noise = before


def as_plain(value: Any) -> Any:
    """Return the plain array of a `RandomArray`; anything else as it is."""
    return value.view(np.ndarray) if isinstance(value, RandomArray) else value


def as_random(value: Any) -> Any:
    """Return a floating point or complex array, or number, as a `RandomArray` of its own."""
    if isinstance(value, RandomArray):
        return value
    array = np.asarray(value)
    return array.view(RandomArray) if array.dtype.kind in "fc" else value


def map_leaves(function: Callable[[Any], Any], value: Any) -> Any:
    """Apply function to what nested lists, tuples and dicts hold."""
    if isinstance(value, dict):
        return {key: map_leaves(function, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [map_leaves(function, inner) for inner in value]
    if isinstance(value, tuple):
        inner = [map_leaves(function, item) for item in value]
        return type(value)(*inner) if hasattr(value, "_fields") else tuple(inner)
    return function(value)


class RandomArray(np.ndarray):
    """float64 values whose every inexact operation is rounded at random, while a run is under way.

    A single number stays an array of no axes, so that what is done to it is perturbed too.
    """

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        plain = [as_plain(value) for value in inputs]
        if method == "__call__" and not kwargs and _Active.noise is not None:
            moved = _move_in_pieces(ufunc, plain, _Active.noise)
            if moved is not None:
                return moved.view(RandomArray)
        out = kwargs.pop("out", None)
        targets = tuple(as_plain(target) for target in out or ())
        into = {"out": targets} if out else {}
        result = getattr(ufunc, method)(*plain, **kwargs, **into)
        active = _Active.noise is not None
        if method == "at":  # in place, on the first operand
            if active:
                move_in_place(plain[0], lambda values: 1.0)
            return None
        if out:
            for target in targets if active else ():
                if target is not None:
                    move_in_place(target, lambda r: measure_step(ufunc, method, plain, kwargs, r))
            return out[0] if len(out) == 1 else out
        if not active:
            return _wrap_all(result)
        if isinstance(result, tuple):
            return tuple(_move(ufunc, method, plain, kwargs, r) for r in result)
        return _move(ufunc, method, plain, kwargs, result)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if _Active.noise is not None and func in PRODUCTS:
            return _multiply(func, args, kwargs)
        if _Active.noise is not None and is_compiled(func):
            return _call_compiled(func, args, kwargs)
        result = super().__array_function__(func, types, args, kwargs)
        return _wrap_all(result)

    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        return as_random(found.copy()) if isinstance(found, np.number) else found

    def dot(self, other: Any, out: Any = None) -> Any:
        """np.dot, of which the method in C knows nothing."""
        return np.dot(self, other) if out is None else np.dot(self, other, out)

    def item(self, *args: Any) -> Any:
        """Return one number, still perturbed."""
        return as_random(np.asarray(super().item(*args)))

    def tolist(self) -> Any:
        """Return nested lists of numbers, still perturbed."""
        return [row.tolist() for row in self] if self.ndim else self

    def __round__(self, digits: int = 0) -> Any:
        return np.round(self, digits)

    def __hash__(self) -> int:  # type: ignore[override]  # of a number, as a float has it
        return hash(float(self))

    def __iadd__(self, other: Any) -> Any:  # type: ignore[misc]
        return self + other if self.ndim == 0 else super().__iadd__(other)

    def __isub__(self, other: Any) -> Any:  # type: ignore[misc]
        return self - other if self.ndim == 0 else super().__isub__(other)

    def __imul__(self, other: Any) -> Any:  # type: ignore[misc]
        return self * other if self.ndim == 0 else super().__imul__(other)

    def __itruediv__(self, other: Any) -> Any:  # type: ignore[misc]
        return self / other if self.ndim == 0 else super().__itruediv__(other)

    def __ipow__(self, other: Any) -> Any:  # type: ignore[misc, override]
        return self**other if self.ndim == 0 else super().__ipow__(other)


def _wrap_all(result: Any) -> Any:
    """Return plain floating point arrays in a result as `RandomArray`."""
    if type(result) is np.ndarray or isinstance(result, np.inexact):
        return as_random(result)
    if isinstance(result, list | tuple) and type(result) in (list, tuple):
        return type(result)(map(_wrap_all, result))
    return result


def _move(ufunc: Any, method: str, plain: list[Any], kwargs: Any, result: Any) -> Any:
    """Return one result of a ufunc, moved."""
    array = np.asarray(result)
    if array.dtype.kind not in "fc":
        return result
    step = measure_step(ufunc, method, plain, kwargs, array)
    if step is None:
        return array.view(RandomArray)
    inexact: Any = False
    if array.size < LARGE_ARRAY and method == "__call__":
        inexact = find_inexact(ufunc, plain, array)
    fresh = isinstance(result, np.ndarray)  # which a ufunc has just made
    return current_noise().move(array, step, inexact, in_place=fresh).view(RandomArray)


def _move_in_pieces(ufunc: Any, plain: list[Any], noise: Noise) -> np.ndarray | None:
    """Return what a ufunc gives for large arrays, moved; None where they are not of that kind."""
    if ufunc in EXACT_UFUNCS or ufunc.signature or ufunc.nout != 1:
        return None
    if (
        max((value.size for value in plain if isinstance(value, np.ndarray)), default=0)
        < LARGE_ARRAY
    ):
        return None
    return noise.compute_in_pieces(ufunc, plain)


def move_in_place(target: np.ndarray, measure: Callable[[np.ndarray], Any]) -> None:
    """Move what a ufunc has written into an array."""
    if target.dtype.kind in "fc":
        step = measure(target.copy())
        if step is not None:
            target[...] = current_noise().move(np.array(target), step)


def is_compiled(func: Any) -> bool:
    """Whether a function of NumPy computes in C what no ufunc of ours sees."""
    return func in COMPILED or getattr(func, "__module__", "").startswith(COMPILED_MODULES)


def _multiply(func: Any, args: Any, kwargs: Any) -> Any:
    """Return a product of arrays, moved as a sum of products in any order."""
    arrays = [a for a in args if isinstance(a, np.ndarray | np.number)]
    kwargs = {k: v for k, v in kwargs.items() if k not in ("out", "optimize")}

    def square(value: Any) -> Any:
        kind = getattr(getattr(value, "dtype", None), "kind", "")
        return np.abs(as_plain(value)) ** 2 if kind in "fciu" and kind else value

    result = np.asarray(func(*map(as_plain, args), **kwargs))
    if result.dtype.kind not in "fc":
        return result
    squares = np.asarray(func(*map(square, args), **kwargs))
    largest = max((a.size for a in arrays), default=1)
    last = max((np.shape(a)[-1] for a in arrays if np.ndim(a)), default=1)
    count = 1 if func in (np.outer, np.kron) else max(largest // max(result.size, 1), last)
    return (
        current_noise()
        .move(result, measure_sum(squares, np.abs(result), count, True))
        .view(RandomArray)
    )


def turn_decomposition(func: Any, result: Any, noise: Noise) -> Any:
    """Return a decomposition with signs that are as right: of vectors that go together."""
    name = getattr(func, "__name__", "")
    if name not in ("eigh", "eig", "qr", "svd") or not 2 <= len(result) <= 3:
        return result
    first, last = result[0], result[-1]
    vectors = last if name in ("eigh", "eig") else first
    signs = np.sign(noise.draw_signs((*vectors.shape[:-2], 1, vectors.shape[-1])))
    if name in ("eigh", "eig"):
        return type(result)(first, vectors * signs)
    rows = np.swapaxes(signs, -1, -2)[..., : last.shape[-2], :]
    if rows.shape[-2] != last.shape[-2]:
        return result  # of a full form, whose last vectors have no partner
    turned = (vectors * signs, *result[1:-1], last * rows)
    return type(result)(*turned) if hasattr(result, "_fields") else turned


def _call_compiled(func: Any, args: Any, kwargs: Any) -> Any:
    """Return what a function in C gives for arguments that are moved, moved once more."""
    noise = current_noise()

    def move(value: Any) -> Any:
        if not isinstance(value, RandomArray) or value.dtype.kind not in "fc":
            return as_plain(value)
        plain = as_plain(value)
        exact_too = noise.u * np.sqrt(max(plain.size, 1)) * np.abs(plain)
        return plain + exact_too * noise.draw_signs(plain.shape)

    def finish(value: Any) -> Any:
        array = np.asarray(value)
        if array.dtype.kind not in "fc":
            return value
        return noise.move(array, 1.0).view(RandomArray)

    result = func(*map_leaves(move, tuple(args)), **map_leaves(move, dict(kwargs)))
    if isinstance(result, tuple):
        result = turn_decomposition(func, result, noise)
        finished = [finish(inner) for inner in result]
        return type(result)(*finished) if hasattr(result, "_fields") else tuple(finished)
    return finish(result)
