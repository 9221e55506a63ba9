"""Layers that have one name in both models: they are the same, whenever they are called."""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from .common_tensors import CommonLayer

KIND_WORDS = ("fc", "dense", "linear", "lin", "conv", "bn", "norm", "ln", "layer", "layers", "d")


def find_namesakes(
    reference: Sequence[CommonLayer], port: Sequence[CommonLayer]
) -> list[tuple[CommonLayer, CommonLayer]]:
    """Return the layers that share a whole name, or else the last part of it, with no other.

    Names that tell nothing, as 0 or dense_1, are left out, and layers whose tensors have other
    shapes. Then those of one number whose words are among the other's.
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
    left_over = [
        [one for one in side if all(one not in pair for pair in found)]
        for side in (reference, port)
    ]
    return found + find_likenesses(*left_over)


def find_likenesses(
    reference: Sequence[CommonLayer], port: Sequence[CommonLayer]
) -> list[tuple[CommonLayer, CommonLayer]]:
    """Return the layers of one number whose words are among the other's, and among no third one's.

    stacks.0.1.theta_b_fc is 0_1_generic_theta_b. Of layers alike only if it is so of all that one
    model has: numbers may begin elsewhere in the other.
    """
    fits = [
        (one, other)
        for one in reference
        for other in port
        if are_alike(read_name(one), read_name(other)) and have_same_shapes(one, other)
    ]
    ours, theirs = (Counter(pair[side].name for pair in fits) for side in (0, 1))
    only = [(one, other) for one, other in fits if ours[one.name] == theirs[other.name] == 1]
    found = []
    for shapes in {get_shapes(one) for one, _ in only}:
        group = [pair for pair in only if get_shapes(pair[0]) == shapes]
        counts = [sum(get_shapes(layer) == shapes for layer in side) for side in (reference, port)]
        found += group if len(group) > 1 and len(group) in counts else []
    return found


Name = tuple[tuple[str, ...], frozenset[str]]


def read_name(layer: CommonLayer) -> Name:
    """Return all numbers of a name, and the words of its last part that tell something."""
    kind = re.sub(r"\W+", " ", layer.type).lower().split()[-1]
    words = frozenset(re.findall(r"[a-z]+", get_last_name(layer))) - {kind, *KIND_WORDS}
    return tuple(re.findall(r"\d+", layer.name)), words


def are_alike(one: Name, other: Name) -> bool:
    """Whether two names have the same numbers, and one's words are all among the other's.

    >>> are_alike((("0",), frozenset({"theta"})), (("0",), frozenset({"generic", "theta"})))
    True
    """
    (numbers, words), (others, theirs) = one, other
    return bool(numbers == others and words and theirs and (words <= theirs or theirs <= words))


def get_shapes(layer: CommonLayer) -> tuple[tuple[int, ...], ...]:
    """Return the shapes of a layer's tensors."""
    return tuple(sorted(tensor.shape for tensor in layer.tensors))


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
