"""Layers that are several in one model and one in the other: queries, keys and values in one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .common_tensors import CommonLayer
from .layer_names import is_telling

_MOST = 4
# what is packed, in the order in which it is
_ORDERS = (("query", "key", "value"), ("key", "value"), ("gate", "up"))


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
    shapes = {_kernel_shape(part) for part in parts}
    for whole in wholes:
        shape = _kernel_shape(whole)
        if len(shape) != 2 or shape in shapes or shape[::-1] in shapes:
            continue
        row = _find_row(shape, [part for part in parts if part.name not in used])
        if row:
            used |= {part.name for part in row}
            found.append(Packed(whole, row))
    return found


def _find_row(shape: tuple[int, ...], parts: Sequence[CommonLayer]) -> tuple[CommonLayer, ...]:
    inputs, outputs = shape
    fitting = [part for part in parts if _kernel_shape(part)[:1] == (inputs,)]
    fitting = [part for part in fitting if len(_kernel_shape(part)) == 2]
    rows = [
        fitting[start : start + count]
        for start in range(len(fitting))
        for count in range(2, min(_MOST, len(fitting) - start) + 1)
    ]
    rows = [row for row in rows if sum(_kernel_shape(p)[1] for p in row) == outputs]
    return _order(min(rows, key=_judge_row)) if rows else ()


def _judge_row(row: Sequence[CommonLayer]) -> tuple[bool, bool]:
    """Whether the parts of a row are of several sizes, or in several layers: the less likely."""
    widths = {_kernel_shape(part)[1] for part in row}
    holders = {re.split(r"[./\[][^./\[]*$", part.name)[0] for part in row}
    return len(widths) > 1, len(holders) > 1


def _order(row: Sequence[CommonLayer]) -> tuple[CommonLayer, ...]:
    for words in _ORDERS:
        named = [next((p for p in row if is_telling(p.name, p.type, word)), None) for word in words]
        ordered = tuple(part for part in named if part is not None)
        if len({part.name for part in ordered}) == len(row) == len(words):
            return ordered
    return tuple(row)


def _kernel_shape(layer: CommonLayer) -> tuple[int, ...]:
    kernel = layer.find("kernel")
    return kernel.shape if kernel else ()
