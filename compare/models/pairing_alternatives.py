"""Other ways to pair that shapes allow as well, the likeliest first."""

from collections.abc import Sequence
from itertools import permutations

from .align_layers import is_unfolded, pair_roles
from .common_tensors import CommonLayer
from .layer_names import compare_names
from .make_pairs import join_packed, make_pair, pair_layers, split_packed
from .packed_layers import Packed
from .pairing import Alternative, TensorPair

_MOST_ALTERNATIVES = 24
_UNLIKELY = 0.5  # in the cost of names: a word that only one of the two has


def turn_squares(
    layers: Sequence[tuple[CommonLayer, CommonLayer]], pairs: Sequence[TensorPair]
) -> list[Alternative]:
    """Return square matrices of unknown layers the other way round: those of a class as one.

    pairs: as they are for now.
    """
    now = {pair.port: pair.sources[0].axes for pair in pairs}
    by_class: dict[str, list[TensorPair]] = {}
    for one, other in layers:
        for left, right in pair_roles(one, other) or ():
            square = len(left.shape) == 2 and left.shape[0] == left.shape[1] > 1
            if square and left.shape == right.shape and (left.assumed or right.assumed):
                kind = one.type if left.assumed else other.type
                axes = (0, 1) if now.get(right.names) == (1, 0) else (1, 0)
                by_class.setdefault(kind, []).append(make_pair(left, right, axes))
    return [
        Alternative(f"square weights of {name} the other way round", tuple(pairs))
        for name, pairs in by_class.items()
    ]


def reorder_patches(layers: Sequence[tuple[CommonLayer, CommonLayer]]) -> list[Alternative]:
    """Return kernels of convolutions that are dense layers elsewhere, a patch in other orders.

    As `is_unfolded` has them; the first way is rows, columns, channels.
    """
    unfolded = [
        pair for one, other in layers for pair in pair_roles(one, other) or () if is_unfolded(*pair)
    ]
    alternatives = []
    for left, right in unfolded:
        shape = max(left.shape, right.shape, key=len)
        rank = len(shape)
        for order in list(permutations(range(rank - 1)))[1:]:
            axes: tuple[int, ...] = (*order, rank - 1)
            split: tuple[int, ...] = ()
            if len(left.shape) == 2:  # a patch is taken apart, and its axes put back
                split = tuple(shape[axis] for axis in axes)
                axes = tuple(axes.index(axis) for axis in range(rank))
            pair = make_pair(left, right, axes, split)
            why = f"a patch of {left.names[0]} in another order of its axes"
            alternatives.append(Alternative(why, (pair,)))
    return alternatives


def exchange_neighbours(layers: Sequence[tuple[CommonLayer, CommonLayer]]) -> list[Alternative]:
    """Return rows of layers of one shape in another order: all such rows of a length as one."""
    rows: dict[tuple[object, int], list[list[tuple[CommonLayer, CommonLayer]]]] = {}
    row: list[tuple[CommonLayer, CommonLayer]] = []
    for pair in [*layers, None]:
        if row and (pair is None or _shapes(pair[0]) != _shapes(row[0][0])):
            rows.setdefault((_shapes(row[0][0]), len(row)), []).append(row)
            row = []
        row += [pair] if pair else []
    alternatives = []
    for (_, length), same in rows.items():
        if not 2 <= length <= 4:
            continue
        for order in list(permutations(range(length)))[1:]:
            cost = _cost_names(same, order) - _cost_names(same, range(length))
            alternatives.append((_exchange(same, order), cost))
    alternatives.sort(key=lambda pair: pair[1])
    likely = [alternative for alternative, cost in alternatives if cost < _UNLIKELY]
    return likely[:_MOST_ALTERNATIVES]


def _exchange(
    rows: Sequence[Sequence[tuple[CommonLayer, CommonLayer]]], order: Sequence[int]
) -> Alternative:
    pairs = [
        pair
        for row in rows
        for i, (_, other) in zip(order, row, strict=True)
        for pair in pair_layers(row[i][0], other)
    ]
    ours = ", ".join(rows[0][i][0].name for i in order)
    theirs = ", ".join(other.name for _, other in rows[0])
    more = f", and {len(rows) - 1} rows alike" if len(rows) > 1 else ""
    return Alternative(f"{ours} for {theirs}{more}", tuple(pairs))


def _cost_names(
    rows: Sequence[Sequence[tuple[CommonLayer, CommonLayer]]], order: Sequence[int]
) -> float:
    total = 0.0
    for i, (_, other) in zip(order, rows[0], strict=True):
        one = rows[0][i][0]
        total += compare_names((one.name, one.type), (other.name, other.type))
    return total


def _shapes(layer: CommonLayer) -> object:
    return layer.kind, tuple((t.role, t.shape) for t in layer.tensors)


def reorder_packed(packed: Sequence[Packed], unpacked: Sequence[Packed]) -> list[Alternative]:
    """Return the parts of all packed layers that are alike in another order, of either side."""
    alternatives = []
    alike: dict[tuple[int, object], list[Packed]] = {}
    for side, one in [(0, p) for p in packed] + [(1, p) for p in unpacked]:
        widths = tuple(t.shape[-1:] for part in one.parts for t in part.tensors)
        alike.setdefault((side, widths), []).append(one)
    for (side, _), some in alike.items():
        carry = join_packed if side else split_packed
        for order in list(permutations(range(len(some[0].parts))))[1:]:
            moved = [Packed(p.whole, tuple(p.parts[i] for i in order)) for p in some]
            names = ", ".join(part.name for part in moved[0].parts)
            pairs = tuple(pair for p in moved for pair in carry(p))
            alternatives.append(Alternative(f"{some[0].whole.name} as {names}", pairs))
    return alternatives
