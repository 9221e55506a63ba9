"""A pair of tensors: in which form one model's is carried to the other's, and in which words."""

from .align_layers import find_axes, pair_roles
from .common_tensors import CommonLayer, CommonTensor
from .packed_layers import Packed, find_kernel
from .pairing import Source, TensorPair


def pair_layers(one: CommonLayer, other: CommonLayer) -> list[TensorPair]:
    """Return the pairs of two layers' tensors, by their roles."""
    return [make_pair(*pair) for pair in pair_roles(one, other) or ()]


def make_pair(
    one: CommonTensor,
    other: CommonTensor,
    axes: tuple[int, ...] | None = None,
    split: tuple[int, ...] = (),
) -> TensorPair:
    """Return the pair of two tensors; axes: their order, the likeliest one if it is None.

    split: see `Source`.
    """
    order = find_axes(one, other) if axes is None else axes
    source = Source(one.home, one.home_role, order or (), split=split)
    how = _describe(one, other, order or ())
    return TensorPair(
        *(one.names, other.names, how, other.role, (source,)),
        *(other.home, other.home_role, other.shape),
    )


def _describe(one: CommonTensor, other: CommonTensor, axes: tuple[int, ...]) -> str:
    first, last = one.native, other.native
    if len(one.names) > 1:
        return f"made of {len(one.names)}"
    if not first or not last:
        return "a part of it"
    long = [[n for n in shape if n > 1] for shape in (first, last)]
    turned = axes not in ((), tuple(range(len(axes))))
    if turned or one.moved != other.moved:
        word = "transposed" if sorted(long[0]) == sorted(long[1]) else "transposed and reshaped"
        return f"{word} {_show(first)} -> {_show(last)}"
    return "as it is" if first == last else f"reshaped {_show(first)} -> {_show(last)}"


def _show(shape: tuple[int, ...]) -> str:
    return "(" + ", ".join(map(str, shape)) + ")"


def split_packed(packed: Packed) -> list[TensorPair]:
    """Carry one layer of the reference to several of the port."""
    pairs, start = [], 0
    for part in packed.parts:
        kernel = find_kernel(part)
        width = kernel.shape[-1] if kernel else 0
        for whole, other in _match_parts(packed.whole, part):
            source = Source(whole.home, whole.home_role, (), start, start + width)
            how = f"{start} to {start + width} of the last axis"
            pairs.append(
                TensorPair(
                    *(whole.names, other.names, how, other.role, (source,)),
                    *(other.home, other.home_role, other.shape),
                )
            )
        start += width
    return pairs


def join_packed(packed: Packed) -> list[TensorPair]:
    """Carry several layers of the reference to one of the port."""
    pairs = []
    for whole in packed.whole.tensors:
        parts = [part.find(whole.role) for part in packed.parts]
        found = [part for part in parts if part is not None]
        if len(found) < len(parts):
            continue
        names = tuple(name for part in found for name in part.names)
        sources = tuple(Source(part.home, part.home_role) for part in found)
        pairs.append(
            TensorPair(
                *(names, whole.names, "side by side on the last axis", whole.role, sources),
                *(whole.home, whole.home_role, whole.shape),
            )
        )
    return pairs


def _match_parts(whole: CommonLayer, part: CommonLayer) -> list[tuple[CommonTensor, CommonTensor]]:
    found = [(whole.find(tensor.role), tensor) for tensor in part.tensors]
    return [(one, other) for one, other in found if one is not None]
