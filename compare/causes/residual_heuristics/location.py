"""Where a difference is: an order of rows or classes, a shape, one tensor or line alone."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import permutations

import numpy as np

from ...judging.compare import CaseEntries
from .output_pairs import MIN_ELEMENTS, OutputPair, Updates, is_explained_by

MAX_PERMUTED = 6  # classes or rows, up to which every order is tried


def find_order(failing: Sequence[OutputPair]) -> str | None:
    """Say whether got is the right values in another order: of rows, of classes, transposed."""
    if any(not pair.got.ndim or pair.got.size <= 1 for pair in failing):
        return None
    if is_reordered_by(failing, lambda a: a.T):
        return "got is the transpose of what it should be"
    if is_reordered_by(failing, lambda a: a.ravel(order="F").reshape(a.shape)):
        return "got has the right values in column order (Fortran) where rows are meant"
    flat = any(pair.got.ndim == 1 for pair in failing)
    for axis, name in ((0, "rows"), (-1, "columns")):
        if words := find_line_order(failing, axis):
            return f"got has the right {'entries' if flat else name} {words}"
    if all(
        pair.got.size >= MIN_ELEMENTS and is_explained_by(*sort_by_size(pair)) for pair in failing
    ):
        return "got has the right values in another order"
    return None


def find_line_order(failing: Sequence[OutputPair], axis: int) -> str | None:
    """Say in which order along an axis the right values came."""
    for words, index in (
        ("in reverse order", lambda n: np.arange(n)[::-1]),
        ("moved on by one", lambda n: np.roll(np.arange(n), 1)),
        ("moved back by one", lambda n: np.roll(np.arange(n), -1)),
    ):
        if is_reordered_by(failing, partial(take_lines, index=index, axis=axis)):
            return words
    lengths = {pair.got.shape[axis] for pair in failing}
    if len(lengths) == 1 and (n := lengths.pop()) <= MAX_PERMUTED:
        for perm in permutations(range(n)):
            if is_reordered_by(failing, partial(np.take, indices=list(perm), axis=axis)):
                return f"in the order {', '.join(map(str, perm))}"
    return None


def is_reordered_by(
    failing: Sequence[OutputPair], reorder: Callable[[np.ndarray], np.ndarray]
) -> bool:
    """Say whether reordering the right values explains every pair."""
    try:
        return all(
            is_explained_by(
                replace(pair, allowed=np.fmax(pair.allowed, reorder(pair.allowed))),
                reorder(pair.want),
            )
            for pair in failing
        )
    except ValueError:  # does not fit the shape
        return False


def sort_by_size(pair: OutputPair) -> tuple[OutputPair, np.ndarray]:
    """Return the pair with what came put in the size order of the right values, and those."""
    rank = np.argsort(pair.want, axis=None)
    got, predicted, allowed = pair.got.ravel(), pair.want.ravel(), pair.allowed.ravel()
    came = np.argsort(got)
    flat = replace(pair, got=got[came], want=predicted[came], allowed=allowed[rank])
    return flat, predicted[rank]


def take_lines(array: np.ndarray, index: Callable[[int], np.ndarray], axis: int) -> np.ndarray:
    """Return the lines of an array along an axis, in the order that index gives for so many."""
    return np.take(array, index(array.shape[axis]), axis=axis)


def describe_shapes(seen: CaseEntries) -> list[str]:
    """Say what is left or lost where shapes alone are wrong."""
    found = [
        (np.asarray(result.outputs[key]), truth.want)
        for _, truths, result in seen
        if result.status == "ok"
        for key, truth in truths.items()
        if key in result.outputs and result.outputs[key].shape != truth.want.shape
    ]
    if not found or any(got.dtype.kind not in "fiub" for got, _ in found):
        return []

    def close(got: np.ndarray, want: np.ndarray) -> bool:
        return got.shape == want.shape and np.allclose(got, want, rtol=1e-5, atol=0)

    if all(got.size == 1 and want.size > 1 for got, want in found):
        if all(np.isclose(got.item(), want.sum(), rtol=1e-5) for got, want in found):
            return ["one number came where an array is meant: the sum of its entries"]
        return ["one number came where an array is meant"]
    if all(close(got.T, want) for got, want in found):
        return ["got is the transpose of what it should be"]
    if all(got.size == want.size and close(got.reshape(want.shape), want) for got, want in found):
        return ["the values are right, in another shape"]
    return []


def locate_difference(
    suite: Updates, pairs: Sequence[OutputPair], failing: Sequence[OutputPair]
) -> Iterator[str]:
    """One tensor, row, column or entry alone."""
    outputs = dict.fromkeys(pair.output for pair in pairs)
    wrong = [name for name in outputs if any(pair.output == name for pair in failing)]
    if 0 < len(wrong) < len(outputs) and set(wrong) != set(suite.parameters) & set(outputs):
        right = [name for name in outputs if name not in wrong]
        yield f"{format_names(wrong)} alone; {format_names(right)} right"
    for axis, name in ((-1, "column"), (0, "row")):
        many = [pair for pair in failing if pair.got.ndim > 1 and pair.got.shape[axis] > 1]
        if len(many) < len(failing):
            continue
        hit = [np.flatnonzero(find_wrong_lines(pair.off, axis)) for pair in many]
        if not all(len(h) == 1 for h in hit):
            continue
        first = {int(h[0]) for h in hit}
        last = {int(h[0]) - pair.got.shape[axis] for h, pair in zip(hit, many, strict=True)}
        if first == {0}:
            yield f"the first {name} alone"
        elif last == {-1}:
            yield f"the last {name} alone"
        elif len(first) == 1:
            yield f"{name} {first.pop()} alone"
        else:
            yield f"one {name} alone in each case"
        return


def find_wrong_lines(off: np.ndarray, axis: int) -> np.ndarray:
    """Which lines along an axis hold something that is off."""
    return np.asarray(np.moveaxis(off, axis, 0).reshape(off.shape[axis], -1).any(axis=1))


def format_names(names: Sequence[str]) -> str:
    """Return the first few of the names.

    >>> format_names(["W1", "b1", "W2", "b2", "loss 1"])
    'W1, b1, W2 and 2 more'
    """
    more = f" and {len(names) - 3} more" if len(names) > 4 else ""
    return ", ".join(names[: 3 if more else None]) + more
