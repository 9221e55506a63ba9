"""Other inputs like those given: other values and sizes, to tell changes apart."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ..rounding.random_rounding import map_leaves
from .function_case import FunctionCase
from .structures import walk_leaves

GROWTH = 1  # by which an axis becomes longer
SCALES = (0.5, 1.5)  # between which values are scaled: signs and order of magnitude stay
DRAWS = 4  # of other values: a threshold or a sign shows a change only here and there
SHARE_POWER = 0.7  # what becomes of a number between 0 and 1: another one there
MAX_COLUMNS = 8  # among which an order is looked for
MIN_ROWS = 3  # that show it
NUMBER_FACTOR = 1.7  # and of any other


def vary(case: FunctionCase) -> Iterator[tuple[str, FunctionCase]]:
    """Yield calls like this one, each with what is other about it. Some may make no sense."""
    rng = np.random.default_rng(case.seed)
    for _ in range(DRAWS):
        yield "other values", with_leaves(case, lambda leaf: redraw(leaf, rng))
    for place, leaf in list_leaves(case):
        if isinstance(leaf, bool):
            yield f"{place}={not leaf}", with_leaf(case, place, not leaf)
        elif isinstance(leaf, int):
            yield f"{place}={leaf + 1}", with_leaf(case, place, leaf + 1)
        elif isinstance(leaf, float):
            other = leaf**SHARE_POWER if 0 < leaf < 1 else leaf * NUMBER_FACTOR
            yield f"{place}={other:.3g}", with_leaf(case, place, other)
    yield from resize(case, rng)


def list_leaves(case: FunctionCase) -> list[tuple[str, Any]]:
    """Return every array and number of a call with its place."""
    return [pair for name, value in case.arguments.items() for pair in walk_leaves(name, value)]


def with_leaves(case: FunctionCase, change: Callable[[Any], Any]) -> FunctionCase:
    """Return a call with every leaf changed."""
    return replace(case, arguments=map_leaves(change, dict(case.arguments)))


def with_leaf(case: FunctionCase, place: str, new: Any) -> FunctionCase:
    """Return a call with a number among its arguments replaced."""
    return replace(case, arguments={**case.arguments, place: new})


def redraw(leaf: Any, rng: np.random.Generator, among: np.ndarray | None = None) -> Any:
    """Return an array of the same shape with its values in another order, and scaled.

    What it is stays: truths, whole numbers, rows that add up to 1, the range of its numbers, and
    of a few columns which is never the larger one, as of a box its lower corner. among: the array
    that this is known of, where the leaf is a part of one.
    """
    if not isinstance(leaf, np.ndarray) or not leaf.size:
        return leaf
    mixed = rng.permutation(leaf.ravel()).reshape(leaf.shape)
    if leaf.dtype.kind == "b":
        return keep_mixed(mixed ^ (rng.random(leaf.shape) < 0.3), leaf)
    if leaf.dtype.kind != "f" or np.array_equal(leaf, np.rint(leaf)):
        return mixed
    if leaf.ndim and leaf.shape[-1] > 1 and np.all(leaf >= 0) and np.allclose(leaf.sum(-1), 1.0):
        scaled = mixed * rng.uniform(*SCALES, leaf.shape)
        return scaled / scaled.sum(-1, keepdims=True)
    scaled = mixed * rng.uniform(*SCALES, leaf.shape)
    known = leaf if among is None else among
    least, most = np.min(known), np.max(known)
    inside = (scaled >= least) & (scaled <= most) | (
        least == most
    )  # of one number no range is known
    return keep_order(np.where(inside, scaled, mixed), known)


def keep_order(values: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Return values with those of two columns exchanged that stand in an order no row had before.

    Of a few rows, or many columns, nothing is known.
    """
    columns = before.shape[-1] if before.ndim > 1 else 0
    if not 1 < columns <= MAX_COLUMNS or before.size < MIN_ROWS * columns:
        return values
    if values.shape[-1] != columns:
        return values
    rows, then = np.array(values).reshape(-1, columns), before.reshape(-1, columns)
    ranks = np.argsort(np.median(then, axis=0))
    for _ in range(columns):  # as often as a value may have to move
        for one, other in itertools.combinations(ranks.tolist(), 2):
            if np.all(then[:, one] <= then[:, other]):
                pair = np.sort(rows[:, [one, other]], axis=-1)
                rows[:, one], rows[:, other] = pair[:, 0], pair[:, 1]
    return rows.reshape(values.shape)


def keep_mixed(truths: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Return truths with those rows as before that were both true and false, and are no more.

    A mask that hides all or nothing is another matter than one that hides some.
    """
    if not truths.ndim:
        return truths
    was = before.any(-1) & ~before.all(-1)
    alike = truths.all(-1) | ~truths.any(-1)
    return np.asarray(np.where(np.expand_dims(was & alike, -1), before, truths))


def resize(case: FunctionCase, rng: np.random.Generator) -> Iterator[tuple[str, FunctionCase]]:
    """Yield the call with every axis of one length longer, or one of several that are alike."""
    arrays = [(p, a) for p, a in list_leaves(case) if isinstance(a, np.ndarray)]
    lengths = sorted({n for _, array in arrays for n in array.shape})
    for length in lengths:
        everywhere = with_leaves(case, lambda leaf, n=length: grow(leaf, n, None, rng))  # type: ignore[misc]
        yield describe_shapes(everywhere), everywhere
        alike = any(array.shape.count(length) > 1 for _, array in arrays)
        for side in (0, -1) if alike else ():
            one = with_leaves(case, lambda leaf, n=length, s=side: grow(leaf, n, s, rng))  # type: ignore[misc]
            yield describe_shapes(one), one


def grow(leaf: Any, length: int, side: int | None, rng: np.random.Generator) -> Any:
    """Return an array whose axes of a length are longer; side: of several, the first or last."""
    if not isinstance(leaf, np.ndarray) or length not in leaf.shape:
        return leaf
    axes = [axis for axis, n in enumerate(leaf.shape) if n == length]
    for axis in axes if side is None or len(axes) == 1 else [axes[side]]:
        more = np.take(leaf, rng.integers(0, leaf.shape[axis], GROWTH), axis=axis)
        leaf = np.concatenate([leaf, redraw(more, rng, leaf)], axis=axis)
    return leaf


def describe_shapes(case: FunctionCase) -> str:
    """Return the shapes of a call's arrays in a few words."""
    told = [f"{p} of {a.shape}" for p, a in list_leaves(case) if isinstance(a, np.ndarray)]
    return ", ".join(told)
