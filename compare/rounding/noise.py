"""The roundings of one run: signs at random, and what they do to values; large arrays in pieces."""

import math
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import numpy as np

from .operation_errors import get_kappa, is_never_exact
from .tolerances import get_rounding

SIGN_POOL = 1 << 20  # signs drawn at once: an operation takes a stretch of them
FACTOR_POOL = 1 << 18  # factors for pieces: what a processor's cache holds
LARGE_ARRAY = 20_000  # numbers, from which on an array is computed in pieces
PIECE = 64_000  # numbers of a large array that are computed and moved while they are in the cache
SAMPLE_STRIDE = 1024  # of a piece, one number in so many is looked at
SIMPLE_RANGE = 0.5  # of the largest number of a dtype: below it nothing can overflow
ROOT_RANGE = 1e150  # whose square is finite in float64


class Noise:
    """The roundings of one run: u of a dtype, and signs at random.

    rng: draws the signs. dtype: "float32" or "float64", which the port computes in. scale: how
    many times as far values are moved, about, each by another distance, so that no two make up for
    each other; below 0, the other way.
    """

    def __init__(self, rng: np.random.Generator, dtype: str, scale: float = 1.0) -> None:
        self.unit, self.tau, self.scale = get_unit(dtype), get_rounding(dtype).tau, scale
        self.u, self.uneven = self.unit * scale, scale != 1.0
        self.largest, self.rng = float(np.finfo(dtype).max), rng

    def draw_signs(self, shape: tuple[int, ...]) -> np.ndarray:
        """Return signs at random, float64 of this shape."""
        return self.draw_stretch(make_signs(self.uneven), shape)

    def draw_stretch(self, pool: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        """Return numbers of a pool from where chance says, in this shape."""
        size, start = int(np.prod(shape)), int(self.rng.integers(0, SIGN_POOL))
        if start + size <= len(pool):
            return pool[start : start + size].reshape(shape)
        return np.resize(np.roll(pool, -start), shape)

    def move(
        self, values: np.ndarray, size: Any, inexact: Any = False, in_place: bool = False
    ) -> np.ndarray:
        """Return float or complex values, each moved by size roundings, up or down, if inexact.

        size: a number, in units of u of each value; or an array, of absolute errors in units of u.
        inexact: where a value is moved though the dtype holds it.
        in_place: whether values are nobody else's, and may be overwritten.
        """
        if values.dtype.kind == "c":
            if isinstance(size, float):
                size = size * np.abs(values)
            moved = values.copy()
            moved.real = self.move(np.ascontiguousarray(values.real), size, inexact)
            moved.imag = self.move(np.ascontiguousarray(values.imag), size, inexact)
            return moved
        if isinstance(size, float):
            if values.size >= LARGE_ARRAY and values.dtype == np.float64:
                return self.move_large(values, size, in_place)
            size = size * np.abs(values)
        return self.move_inexact(values, size, inexact)

    def move_inexact(self, values: np.ndarray, size: Any, inexact: Any = False) -> np.ndarray:
        """Return real values, each moved that the dtype does not hold; size: absolute, in u."""
        u = self.scale * max(self.unit, float(np.finfo(values.dtype).eps) / 2)
        with np.errstate(all="ignore"):
            step = u * size
            tiny = np.abs(values) < self.tau / self.unit
            if tiny.any():
                step = step + self.scale * self.tau * (tiny & (values != 0))
            exact = (values.astype(np.float32) == values) & ~np.asarray(inexact)
            moved = values + np.where(exact, 0.0, step) * self.draw_signs(values.shape)
            moved = np.where(np.isfinite(values), moved, values)
            if np.abs(moved).max(initial=0.0) > SIMPLE_RANGE * self.largest:
                moved = np.where(np.abs(moved) > self.largest, np.copysign(np.inf, moved), moved)
        return moved.astype(values.dtype, copy=False)

    def move_large(self, values: np.ndarray, size: float, in_place: bool) -> np.ndarray:
        """Return a large array of float64, each value moved by size roundings of it."""
        moved = values if in_place and values.flags.c_contiguous else np.array(values, order="C")
        move = self.make_piece_mover(size, moved.size // PIECE + 1)
        flat = moved.reshape(-1)
        with np.errstate(all="ignore"):
            for first in range(0, flat.size, PIECE):
                move(flat[first : first + PIECE])
        return moved

    def compute_in_pieces(self, ufunc: Any, operands: list[Any]) -> np.ndarray | None:
        """Return what a ufunc of float64 gives, each value moved by the roundings of that ufunc.

        None where its operands are of another dtype, or it gives no fractions.
        """
        shape = np.broadcast_shapes(*map(np.shape, operands))
        if not all(is_double(value) for value in operands) or not shape:
            return None
        width = max(1, math.prod(shape[1:]))
        rows = max(1, PIECE // width)
        if rows * width > FACTOR_POOL:
            return None
        sliced = [np.ndim(value) == len(shape) and np.shape(value)[0] > 1 for value in operands]
        start = ufunc(*(v[:1] if cut else v for v, cut in zip(operands, sliced, strict=True)))
        if start.dtype != np.float64:
            return None
        result, pieces = np.empty(shape), shape[0] // rows + 1
        move = self.make_piece_mover(float(get_kappa(ufunc)), pieces, not is_never_exact(ufunc))
        for first in range(0, shape[0], rows):
            last = first + rows
            piece = result[first:last]
            part = [v[first:last] if cut else v for v, cut in zip(operands, sliced, strict=True)]
            ufunc(*part, out=piece)
            move(piece.reshape(-1))
        return result

    def make_piece_mover(
        self, size: float, count: int, may_be_exact: bool = True
    ) -> Callable[[np.ndarray], None]:
        """Return what moves a piece of a large array, each value by size roundings, in place.

        All alike, where none that is looked at is exact, tiny or not finite, and none overflows.
        count: of the pieces.
        """
        factors = make_factors(self.u * size, self.uneven)
        starts = iter(self.rng.integers(0, FACTOR_POOL, count).tolist())
        least, most = self.tau / self.unit, (SIMPLE_RANGE * min(self.largest, ROOT_RANGE)) ** 2

        def move(values: np.ndarray) -> None:
            some = values[::SAMPLE_STRIDE]
            odd = np.abs(some) < least
            if may_be_exact:
                odd |= some.astype(np.float32) == some
            odd &= some != 0  # which a factor leaves as it is
            if np.dot(values, values) < most and not odd.any():
                begin = next(starts)
                np.multiply(values, factors[begin : begin + values.size], out=values)
            else:
                values[...] = self.move_inexact(values, size * np.abs(values), not may_be_exact)

        return move


def get_unit(dtype: str) -> float:
    """Return the rounding of one run: against a float64 port, the reference rounds as much too."""
    return get_rounding(dtype).u * (2.0 if dtype == "float64" else 1.0)


def is_double(value: Any) -> bool:
    """Whether an operand is float64, or a number that becomes it."""
    return isinstance(value, float | int) or getattr(value, "dtype", None) == np.float64


@cache
def make_signs(uneven: bool = False) -> np.ndarray:
    """Return signs at random, of which every operation takes a stretch from where it likes.

    uneven: as far from 0 as chance has it, about 1.
    """
    rng = np.random.default_rng(0)
    signs = rng.integers(0, 2, 2 * SIGN_POOL, np.int8).astype(np.float64) * 2 - 1
    return signs * rng.uniform(0.5, 1.5, signs.size) if uneven else signs


@lru_cache(maxsize=8)
def make_factors(share: float, uneven: bool) -> np.ndarray:
    """Return 1 plus or minus a share, at random."""
    return make_signs(uneven)[: 2 * FACTOR_POOL] * share + 1.0
