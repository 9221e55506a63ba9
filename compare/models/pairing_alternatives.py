"""Other ways to pair that shapes allow as well, the likeliest first."""

from collections.abc import Sequence
from itertools import permutations

from .align_layers import pair_roles
from .common_tensors import CommonLayer
from .layer_names import compare_names
from .make_pairs import make_pair, pair_layers, split_packed
from .packed_layers import Packed
from .pairing import Alternative, TensorPair

_MOST_ALTERNATIVES = 24
_UNLIKELY = 0.5  # in the cost of names: a word that only one of the two has


def turn_squares(layers: Sequence[tuple[CommonLayer, CommonLayer]]) -> list[Alternative]:
    """Return square matrices of unknown layers the other way round: those of a class as one."""
    by_class: dict[str, list[TensorPair]] = {}
    for one, other in layers:
        for left, right in pair_roles(one, other) or ():
            square = len(left.shape) == 2 and left.shape[0] == left.shape[1] > 1
            if square and left.shape == right.shape and (left.assumed or right.assumed):
                kind = one.type if left.assumed else other.type
                by_class.setdefault(kind, []).append(make_pair(left, right, (1, 0)))
    return [
        Alternative(f"square weights of {name} the other way round", tuple(pairs))
        for name, pairs in by_class.items()
    ]


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


def reorder_packed(packed: Sequence[Packed]) -> list[Alternative]:
    """Return the parts of all packed layers in another order."""
    alternatives = []
    if packed and len({len(p.parts) for p in packed}) == 1:
        for order in list(permutations(range(len(packed[0].parts))))[1:]:
            moved = [Packed(p.whole, tuple(p.parts[i] for i in order)) for p in packed]
            names = ", ".join(part.name for part in moved[0].parts)
            pairs = tuple(pair for p in moved for pair in split_packed(p))
            alternatives.append(Alternative(f"{packed[0].whole.name} as {names}", pairs))
    return alternatives
