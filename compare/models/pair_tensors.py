"""Which tensor of the reference is which of the port: the table of pairs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

from .align_layers import align_layers, find_axes, pair_roles
from .common_tensors import CommonLayer, CommonTensor, list_common_layers
from .layer_names import compare_names
from .packed_layers import Packed, find_packed
from .records import ModelRecord

_MOST_ALTERNATIVES = 24
_UNLIKELY = 0.5  # in the cost of names: a word that only one of the two has


@dataclass(frozen=True)
class Source:
    """What a port's tensor is made of: a tensor of the reference in the common layout.

    axes: the order in which its axes are taken, () for as they come. start, stop: of its last axis,
    None for all of it.
    """

    layer: str
    role: str
    axes: tuple[int, ...] = ()
    start: int | None = None
    stop: int | None = None


@dataclass(frozen=True)
class TensorPair:
    """Tensors of both models that hold the same numbers.

    reference, port: their names; how: in which form they are carried, for people; role: in the
    common layout. sources, side by side on the last axis, make up role target_role of the port's
    layer target, in shape.
    """

    reference: tuple[str, ...]
    port: tuple[str, ...]
    how: str
    role: str
    sources: tuple[Source, ...]
    target: str
    target_role: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Alternative:
    """Another way to pair: its pairs take the place of those of their targets."""

    why: str
    pairs: tuple[TensorPair, ...]


@dataclass(frozen=True)
class Pairing:
    """Every pair, and what has no partner. layer_pairs: names of layers, the reference's first.

    A tensor in unpaired_port stays what it is in the port, but for a bias or a factor of a layer
    of known kind, which becomes 0 or 1 (`unpaired_filled`): the reference has none.
    """

    pairs: tuple[TensorPair, ...]
    unpaired_reference: tuple[str, ...]
    unpaired_port: tuple[str, ...]
    alternatives: tuple[Alternative, ...]
    layer_pairs: tuple[tuple[str, str], ...]
    unpaired_filled: tuple[str, ...] = ()


def pair_tensors(
    reference: ModelRecord,
    port: ModelRecord,
    reference_calls: Sequence[str],
    port_calls: Sequence[str],
    fixed: Mapping[str, str] | None = None,
) -> Pairing:
    """Return the table of pairs of two models.

    reference_calls, port_calls: names of layers as they were first called. fixed: by the name of a
    tensor or a layer of the reference, that of the port. Raises ValueError for a name in fixed that
    neither model has.
    """
    ours = list_common_layers(reference, reference_calls)
    theirs = list_common_layers(port, port_calls)
    fixed_layers, fixed_tensors = _read_fixed(fixed or {}, ours, theirs)
    packed, unpacked = _find_packed_both(ours, theirs, fixed_layers)
    left = _leave_out(ours, [p.whole for p in packed] + [q for u in unpacked for q in u.parts])
    right = _leave_out(theirs, [q for p in packed for q in p.parts] + [u.whole for u in unpacked])
    places = [(left.index(i), right.index(j)) for i, j in fixed_layers]
    layers = [(left[i], right[j]) for i, j in align_layers(left, right, places)]
    pairs = [pair for i, j in layers for pair in _pair_layers(i, j)]
    pairs += [pair for p in packed for pair in _split(p)]
    pairs += [pair for u in unpacked for pair in _join(u)]
    pairs = _put_fixed(pairs, fixed_tensors)
    whole = [(p.whole, q) for p in packed for q in p.parts]
    whole += [(q, u.whole) for u in unpacked for q in u.parts]
    alternatives = (*_turn_squares(layers), *_exchange_neighbours(layers), *_reorder_packed(packed))
    return _finish(ours, theirs, pairs, [*layers, *whole], alternatives)


def use_alternative(pairing: Pairing, alternative: Alternative) -> Pairing:
    """Return the pairing with an alternative's pairs."""
    new = {(pair.target, pair.target_role): pair for pair in alternative.pairs}
    pairs = tuple(new.get((p.target, p.target_role), p) for p in pairing.pairs)
    return replace(pairing, pairs=pairs)


def _leave_out(layers: Sequence[CommonLayer], taken: Sequence[CommonLayer]) -> list[CommonLayer]:
    names = {layer.name for layer in taken}
    return [layer for layer in layers if layer.name not in names]


def _find_packed_both(
    ours: list[CommonLayer],
    theirs: list[CommonLayer],
    fixed: Sequence[tuple[CommonLayer, CommonLayer]],
) -> tuple[list[Packed], list[Packed]]:
    left = _leave_out(ours, [i for i, _ in fixed])
    right = _leave_out(theirs, [j for _, j in fixed])
    return find_packed(left, right), find_packed(right, left)


def _read_fixed(
    fixed: Mapping[str, str], ours: Sequence[CommonLayer], theirs: Sequence[CommonLayer]
) -> tuple[list[tuple[CommonLayer, CommonLayer]], list[tuple[CommonTensor, CommonTensor]]]:
    layers: list[tuple[CommonLayer, CommonLayer]] = []
    tensors: list[tuple[CommonTensor, CommonTensor]] = []
    for one, other in fixed.items():
        left, right = _find_layers(one, ours), _find_layers(other, theirs)
        if left and right:
            layers += list(zip(left, right, strict=False))
            continue
        pair = _find_tensor(one, ours), _find_tensor(other, theirs)
        for name, found in ((one, left or pair[0]), (other, right or pair[1])):
            if not found:
                raise ValueError(f"the map must name tensors or layers that have some (got {name})")
        if pair[0] is None or pair[1] is None:
            raise ValueError(f"the map must pair tensors or layers (got {one}: {other})")
        tensors.append((pair[0], pair[1]))
    return layers, tensors


def _find_layers(name: str, layers: Sequence[CommonLayer]) -> list[CommonLayer]:
    exact = [layer for layer in layers if layer.name == name]
    return exact or [layer for layer in layers if layer.home == name]


def _find_tensor(name: str, layers: Sequence[CommonLayer]) -> CommonTensor | None:
    return next((t for layer in layers for t in layer.tensors if name in t.names), None)


def _put_fixed(
    pairs: list[TensorPair], fixed: Sequence[tuple[CommonTensor, CommonTensor]]
) -> list[TensorPair]:
    for one, other in fixed:
        pairs = [
            pair
            for pair in pairs
            if (pair.target, pair.target_role) != (other.home, other.home_role)
            and not set(pair.reference) & set(one.names)
        ]
        pairs.append(_pair(one, other))
    return pairs


def _pair_layers(one: CommonLayer, other: CommonLayer) -> list[TensorPair]:
    return [_pair(*pair) for pair in pair_roles(one, other) or ()]


def _pair(
    one: CommonTensor, other: CommonTensor, axes: tuple[int, ...] | None = None
) -> TensorPair:
    order = find_axes(one, other) if axes is None else axes
    source = Source(one.home, one.home_role, order or ())
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


def _split(packed: Packed) -> list[TensorPair]:
    """Carry one layer of the reference to several of the port."""
    pairs, start = [], 0
    for part in packed.parts:
        kernel = part.find("kernel")
        width = kernel.shape[1] if kernel else 0
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


def _join(packed: Packed) -> list[TensorPair]:
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


def _turn_squares(layers: Sequence[tuple[CommonLayer, CommonLayer]]) -> list[Alternative]:
    """Return square matrices of unknown layers the other way round: those of a class as one."""
    by_class: dict[str, list[TensorPair]] = {}
    for one, other in layers:
        for left, right in pair_roles(one, other) or ():
            square = len(left.shape) == 2 and left.shape[0] == left.shape[1] > 1
            if square and left.shape == right.shape and (left.assumed or right.assumed):
                kind = one.type if left.assumed else other.type
                by_class.setdefault(kind, []).append(_pair(left, right, (1, 0)))
    return [
        Alternative(f"square weights of {name} the other way round", tuple(pairs))
        for name, pairs in by_class.items()
    ]


def _exchange_neighbours(layers: Sequence[tuple[CommonLayer, CommonLayer]]) -> list[Alternative]:
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
        for pair in _pair_layers(row[i][0], other)
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


def _reorder_packed(packed: Sequence[Packed]) -> list[Alternative]:
    """Return the parts of all packed layers in another order."""
    alternatives = []
    if packed and len({len(p.parts) for p in packed}) == 1:
        for order in list(permutations(range(len(packed[0].parts))))[1:]:
            moved = [Packed(p.whole, tuple(p.parts[i] for i in order)) for p in packed]
            names = ", ".join(part.name for part in moved[0].parts)
            pairs = tuple(pair for p in moved for pair in _split(p))
            alternatives.append(Alternative(f"{packed[0].whole.name} as {names}", pairs))
    return alternatives


def _finish(
    ours: Sequence[CommonLayer],
    theirs: Sequence[CommonLayer],
    pairs: Sequence[TensorPair],
    layers: Sequence[tuple[CommonLayer, CommonLayer]],
    alternatives: Sequence[Alternative],
) -> Pairing:
    used = {name for pair in pairs for name in pair.reference}
    given = {name for pair in pairs for name in pair.port}
    tied = {n for layer in (*ours, *theirs) if layer.tied for t in layer.tensors for n in t.names}
    targets = {pair.target for pair in pairs}
    free = [(t, name) for layer in theirs for t in layer.tensors for name in t.names]
    free = [(t, name) for t, name in free if name not in given and name not in tied]
    filled = [name for t, name in free if t.home in targets and not t.assumed]
    names = [name for layer in ours for t in layer.tensors for name in t.names]
    order = {layer.home: i for i, layer in enumerate(theirs)}
    return Pairing(
        tuple(sorted(pairs, key=lambda pair: order[pair.target])),
        tuple(dict.fromkeys(name for name in names if name not in used | tied)),
        tuple(dict.fromkeys(name for _, name in free)),
        tuple(alternatives),
        tuple(dict.fromkeys((one.home, other.home) for one, other in layers)),
        tuple(dict.fromkeys(filled)),
    )
