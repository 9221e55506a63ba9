"""Between two frameworks' layouts of one array: channels first or last, batch or time first."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np


@dataclass(frozen=True)
class Layout:
    """How an array of the reference becomes the port's: its axes moved, then a new shape.

    split: the shape that it is read in before, () for its own: a patch has axes there.
    taken: (axis, place) of what alone the port has of it, as the last step of a sequence; such a
    layout has no inverse.
    """

    axes: tuple[int, ...]
    shape: tuple[int, ...]
    taken: tuple[int, int] | None = None
    split: tuple[int, ...] = ()

    def apply(self, array: np.ndarray) -> np.ndarray:
        """Return the reference's array in the port's layout."""
        if self.taken is not None:
            array = np.take(array, self.taken[1], axis=self.taken[0])
        split = array.reshape(self.split or array.shape)
        return np.transpose(split, self.axes).reshape(self.shape)

    def invert(self, array: np.ndarray, shape: Sequence[int]) -> np.ndarray:
        """Return the port's array in the reference's layout, which has this shape."""
        split = self.split or tuple(shape)
        moved = array.reshape([split[axis] for axis in self.axes])
        return np.transpose(moved, np.argsort(self.axes)).reshape(shape)

    @property
    def move(self) -> tuple[tuple[int, ...], int]:
        """How axes move, whatever their sizes: their order, and how many they become."""
        return self.axes, len(self.shape)

    @property
    def plain(self) -> bool:
        """Whether nothing moves."""
        return self.axes == tuple(range(len(self.axes)))


def list_layouts(reference: Sequence[int], port: Sequence[int]) -> Iterator[Layout]:
    """Yield the layouts by which a shape becomes another, the likelier first.

    >>> [layout.axes for layout in list_layouts((2, 3, 8, 8), (2, 8, 8, 3))]
    [(0, 2, 3, 1)]
    """
    rank, target = len(reference), tuple(port)
    usual = [tuple(range(rank))]
    if rank > 2:
        usual += [(0, *range(2, rank), 1), (0, rank - 1, *range(1, rank - 1))]
        usual += [(1, 0, *range(2, rank))]
    seen = set()
    for axes in usual:
        moved = tuple(reference[axis] for axis in axes)
        if moved == target and axes not in seen:
            seen.add(axes)
            yield Layout(axes, target)
    if rank <= 4 and not seen:
        for axes in permutations(range(rank)):
            if tuple(reference[axis] for axis in axes) == target:
                seen.add(axes)
                yield Layout(axes, target)
    batch = rank > 0 and bool(target) and reference[0] == target[0]
    if not seen and int(np.prod(reference)) == int(np.prod(target)) and (batch or rank < 2):
        yield from list_rows(tuple(reference), target)
        yield Layout(tuple(range(rank)), target)  # heads split from features, axes of size 1
        yield from list_patches(tuple(reference), target)


def list_rows(reference: tuple[int, ...], port: tuple[int, ...]) -> Iterator[Layout]:
    """Yield the layout by which images with their channels first become rows of these, or back.

    >>> [layout.axes for layout in list_rows((2, 24, 3, 3), (2, 9, 24))]
    [(0, 2, 3, 1)]
    """
    if len(port) == 3 < len(reference) and reference[1] == port[-1]:
        yield Layout((0, *range(2, len(reference)), 1), port)
    if len(reference) == 3 < len(port) and port[1] == reference[-1]:
        split = (port[0], *port[2:], port[1])
        yield Layout((0, len(port) - 1, *range(1, len(port) - 1)), port, split=split)


def list_patches(reference: tuple[int, ...], port: tuple[int, ...]) -> Iterator[Layout]:
    """Yield the layouts by which images become rows of square patches, or such rows images.

    >>> next(list_patches((2, 3, 8, 8), (2, 4, 48))).split
    (2, 3, 2, 4, 2, 4)
    """
    if {len(reference), len(port)} != {3, 4}:
        return
    image, rows = (reference, port) if len(reference) == 4 else (port, reference)
    for channel in (1, 3):
        sides = [image[axis] for axis in (1, 2, 3) if axis != channel]
        side = math.isqrt(rows[2] // image[channel])
        if not side or image[channel] * side**2 != rows[2] or any(n % side for n in sides):
            continue
        # of an image: rows and columns of patches, then of a patch, and channels
        names = ("y", "i", "x", "j")
        split = ("b", "c", *names) if channel == 1 else ("b", *names, "c")
        sizes = {"b": image[0], "c": image[channel], "i": side, "j": side}
        sizes |= {"y": sides[0] // side, "x": sides[1] // side}
        for patch in permutations("ijc"):
            row = ("b", "y", "x", *patch)
            source, goal = (split, row) if image is reference else (row, split)
            axes = tuple(source.index(name) for name in goal)
            yield Layout(axes, port, split=tuple(sizes[name] for name in source))


def find_slice(reference: np.ndarray, port: np.ndarray) -> Layout | None:
    """Return the layout of one step of the reference's array: of those that fit the nearest.

    So Keras gives the last state alone where torch gives all of them.
    """
    if reference.ndim != port.ndim + 1 or reference.ndim < 3:
        return None
    axes = tuple(range(port.ndim))
    found = [
        Layout(axes, port.shape, (axis, place))
        for axis in (0, 1)
        for place in (-1, 0)
        if reference.shape[:axis] + reference.shape[axis + 1 :] == port.shape
    ]
    far = [measure_distance(layout.apply(reference), port) for layout in found]
    return found[int(np.argmin(far))] if found else None


def choose_layout(reference: np.ndarray, port: np.ndarray, votes: Counter[object]) -> Layout | None:
    """Return the layout that brings the reference's array nearest to the port's.

    votes: how often axes were moved so, to a shape of so many, where it was sure; they decide where
    the values do not, and grow where the values do. None if the sizes do not fit.
    """
    layouts = list(list_layouts(reference.shape, port.shape))
    if len(layouts) == 1 and len(layouts[0].shape) > 2:
        votes[layouts[0].move] += 1
    if len(layouts) < 2:
        return layouts[0] if layouts else None
    far = [measure_distance(layout.apply(reference), port) for layout in layouts]
    best = int(np.argmin(far))
    others = [value for k, value in enumerate(far) if k != best]
    if far[best] < 1e-3 * min(others):
        votes[layouts[best].move] += 1
        return layouts[best]
    return max(layouts, key=lambda layout: votes[layout.move])


def measure_distance(one: np.ndarray, other: np.ndarray) -> float:
    """Return the mean square of the difference of two arrays; inf where it is no number."""
    with np.errstate(all="ignore"):
        far = np.mean((np.asarray(one, np.float64) - np.asarray(other, np.float64)) ** 2)
    return float(far) if np.isfinite(far) else float("inf")
