"""Layers that are several in one model and one in the other: queries, keys and values in one."""

import re
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import combinations

from .common_tensors import CommonLayer, CommonTensor
from .layer_names import is_telling

_MOST = 4
# what is packed, in the order in which it is
_ORDERS = (("query", "key", "value"), ("key", "value"), ("gate", "up"))
_PACKED_NAME = re.compile(r"qkv|kv|c_attn|in_proj|gate_up")


@dataclass(frozen=True)
class Packed:
    """One layer, and those that it holds one behind the other on its last axis."""

    whole: CommonLayer
    parts: tuple[CommonLayer, ...]


def find_packed(wholes: Sequence[CommonLayer], parts: Sequence[CommonLayer]) -> list[Packed]:
    """Return the layers among wholes that nothing on the other side fits but several in a row.

    The n-th such layer is taken for the n-th such row.
    """
    found: list[Packed] = []
    used: set[str] = set()
    surplus = _list_surplus(wholes, parts)
    for number, whole in enumerate(surplus):
        left = [part for part in parts if part.name not in used]
        alike = sum(_kernel_shape(one) == _kernel_shape(whole) for one in surplus[number:])
        row = _find_row(_kernel_shape(whole), left, alike, _list_taken(wholes, parts))
        if row:
            used |= {part.name for part in row}
            found.append(Packed(whole, row))
    return found


def _list_surplus(wholes: Sequence[CommonLayer], parts: Sequence[CommonLayer]) -> list[CommonLayer]:
    """Return the kernels and tables of a shape, either way round, of which the other has fewer.

    All that are beyond its count: those whose names say that they hold several, else the first.
    """
    by_shape: dict[tuple[int, ...], list[CommonLayer]] = {}
    for whole in wholes:
        if len(_kernel_shape(whole)) > 1:
            by_shape.setdefault(tuple(sorted(_kernel_shape(whole))), []).append(whole)
    theirs = Counter(tuple(sorted(_kernel_shape(part))) for part in parts)
    surplus: set[str] = set()
    for shape, alike in by_shape.items():
        if theirs[shape] and not any(_PACKED_NAME.search(one.name.lower()) for one in alike):
            continue
        likely = sorted(alike, key=lambda one: not _PACKED_NAME.search(one.name.lower()))
        surplus |= {one.name for one in likely[: max(len(alike) - theirs[shape], 0)]}
    return [whole for whole in wholes if whole.name in surplus]


def _list_taken(
    wholes: Sequence[CommonLayer], parts: Sequence[CommonLayer]
) -> set[tuple[int, ...]]:
    """Return the shapes of kernels other than matrices of which both sides have as many."""
    ours, theirs = (Counter(map(_kernel_shape, side)) for side in (wholes, parts))
    return {shape for shape in theirs if len(shape) > 2 and theirs[shape] <= ours[shape]}


def _find_row(
    shape: tuple[int, ...],
    parts: Sequence[CommonLayer],
    alike: int,
    taken: Set[tuple[int, ...]],
) -> tuple[CommonLayer, ...]:
    """Return the parts of a whole; alike: how many of its shape there are, each of parts alike.

    taken: shapes of kernels that have partners of their own.
    """
    *inputs, outputs = shape
    fitting = [part for part in parts if _kernel_shape(part)[:-1] == tuple(inputs)]
    fitting = [part for part in fitting if _kernel_shape(part) not in taken]
    rows = [
        fitting[start : start + count]
        for start in range(len(fitting))
        for count in range(2, min(_MOST, len(fitting) - start) + 1)
    ]
    widths = {_kernel_shape(part)[-1]: part for part in reversed(fitting)}
    firsts = [part for part in fitting if part in widths.values()]  # of each width the first one
    numbered: dict[tuple[str, ...], list[CommonLayer]] = {}
    for part in fitting:
        numbered.setdefault(_read_numbers(part), []).append(part)
    for group in (firsts, *numbered.values()):
        if len(group) <= 2 * _MOST:
            rows += [list(some) for n in range(2, _MOST + 1) for some in combinations(group, n)]
    rows = [row for row in rows if sum(_kernel_shape(p)[-1] for p in row) == outputs]
    there = Counter(_kernel_shape(part)[-1] for part in fitting)
    enough = [row for row in rows if _count_widths(row, alike) <= there]
    rows = enough or rows
    if not rows:
        return ()
    best = min(rows, key=_judge_row)
    return _find_order(best) or tuple(best)


def _count_widths(row: Sequence[CommonLayer], times: int) -> Counter[int]:
    """Return how many parts of each width so many rows alike need."""
    return Counter([_kernel_shape(part)[-1] for part in row] * times)


def _read_numbers(layer: CommonLayer) -> tuple[str, ...]:
    return tuple(re.findall(r"\d+", layer.name))


def _judge_row(row: Sequence[CommonLayer]) -> tuple[bool, bool, bool, bool]:
    """Whether the parts of a row are of several numbers, sizes or layers, or not named as such.

    The less likely.
    """
    widths = {_kernel_shape(part)[-1] for part in row}
    holders = {re.split(r"[./\[][^./\[]*$", part.name)[0] for part in row}
    numbers = set(map(_read_numbers, row))
    return len(numbers) > 1, len(widths) > 1, len(holders) > 1, not _find_order(row)


def _find_order(row: Sequence[CommonLayer]) -> tuple[CommonLayer, ...]:
    """Return the parts in the order in which what they are named as is packed, () if unknown."""
    for words in _ORDERS:
        named = [next((p for p in row if is_telling(p.name, p.type, word)), None) for word in words]
        ordered = tuple(part for part in named if part is not None)
        if len({part.name for part in ordered}) == len(row) == len(words):
            return ordered
    return ()


def _kernel_shape(layer: CommonLayer) -> tuple[int, ...]:
    kernel = find_kernel(layer)
    return kernel.shape if kernel else ()


def find_kernel(layer: CommonLayer) -> CommonTensor | None:
    """Return the kernel of a layer, or the table of an embedding."""
    return layer.find("kernel") or layer.find("table")
