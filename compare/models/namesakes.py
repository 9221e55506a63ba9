"""Layers that have one name in both models: they are the same, whenever they are called."""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from .common_tensors import CommonLayer


def find_namesakes(
    reference: Sequence[CommonLayer], port: Sequence[CommonLayer]
) -> list[tuple[CommonLayer, CommonLayer]]:
    """Return the layers that share a whole name, or else the last part of it, with no other.

    Names that tell nothing, as 0 or dense_1, are left out, and layers whose tensors have other
    shapes.
    """
    found: list[tuple[CommonLayer, CommonLayer]] = []
    for key in (get_whole_name, get_last_name):
        left, right = (
            index_by_name(
                [layer for layer in side if all(layer not in pair for pair in found)], key
            )
            for side in (reference, port)
        )
        for name in left.keys() & right.keys():
            if have_same_shapes(left[name], right[name]):
                found.append((left[name], right[name]))
    return found


def index_by_name(
    layers: Sequence[CommonLayer], key: Callable[[CommonLayer], str]
) -> dict[str, CommonLayer]:
    """Return the layers by the names that no two of them have, and that somebody has given."""
    counts = Counter(map(key, layers))
    return {key(layer): layer for layer in layers if counts[key(layer)] == 1 and is_given(layer)}


def get_whole_name(layer: CommonLayer) -> str:
    """Return a layer's name, spelt as in neither framework."""
    return re.sub(r"[./]", ".", layer.name).lower()


def get_last_name(layer: CommonLayer) -> str:
    """Return the last part of a layer's name."""
    return re.split(r"[./]", layer.name)[-1].lower()


def is_given(layer: CommonLayer) -> bool:
    """Whether a person has named a layer: not a number, nor the name of its class."""
    last = get_last_name(layer)
    plain = re.sub(r"[_\d]", "", last)
    kind = re.sub(r"(?:\d+d|[_\d])", "", layer.type.rpartition(".")[2]).lower()
    return bool(plain) and plain not in (kind, "kernel", "weight", "bias")


def have_same_shapes(one: CommonLayer, other: CommonLayer) -> bool:
    """Whether what both layers have of one role is of one shape, and they have any."""
    shared = [(t, other.find(t.role)) for t in one.tensors]
    shapes = [(t.shape, o.shape) for t, o in shared if o is not None]
    return bool(shapes) and all(a == b for a, b in shapes)
