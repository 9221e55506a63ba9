"""Which tensor of the reference is which of the port: the table of pairs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from .align_layers import align_layers, find_axes, list_long_axes, order_long_axes, pair_roles
from .common_tensors import CommonLayer, CommonTensor, guess_role, list_common_layers
from .gate_orders import reorder_gates
from .make_pairs import join_packed, make_pair, split_packed
from .namesakes import find_namesakes
from .packed_layers import Packed, find_packed
from .pairing import Alternative, Pairing, Source, TensorPair, use_alternative
from .pairing_alternatives import exchange_neighbours, reorder_packed, reorder_patches, turn_squares
from .records import ModelRecord
from .stacked_kernels import pair_stacked

__all__ = ["Alternative", "Pairing", "Source", "TensorPair", "pair_tensors", "use_alternative"]


def pair_tensors(
    reference: ModelRecord,
    port: ModelRecord,
    reference_calls: Sequence[str],
    port_calls: Sequence[str],
    fixed: Mapping[str, str] | None = None,
    feeders: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {}),
) -> Pairing:
    """Return the table of pairs of two models.

    reference_calls, port_calls: names of layers as they were first called. feeders: of the
    reference and of the port, by the name of a layer that of the one whose output it is given.
    fixed: by the name of a tensor or a layer of the reference, that of the port. Raises ValueError
    for a name in fixed that neither model has.
    """
    ours = list_common_layers(reference, reference_calls, feeders[0])
    theirs = list_common_layers(port, port_calls, feeders[1])
    fixed_layers, fixed_tensors = _read_fixed(fixed or {}, ours, theirs)
    named = frozenset(layer.home for _, layer in fixed_layers)
    named |= {tensor.home for _, tensor in fixed_tensors}
    taken = [layer for pair in fixed_layers for layer in pair]
    fixed_layers += find_namesakes(_leave_out(ours, taken), _leave_out(theirs, taken))
    packed, unpacked = _find_packed_both(ours, theirs, fixed_layers)
    left = _leave_out(ours, [p.whole for p in packed] + [q for u in unpacked for q in u.parts])
    right = _leave_out(theirs, [q for p in packed for q in p.parts] + [u.whole for u in unpacked])
    places = [(left.index(i), right.index(j)) for i, j in fixed_layers]
    layers = [(left[i], right[j]) for i, j in align_layers(left, right, places)]
    pairs = _pair_aligned(layers)
    pairs += [pair for p in packed for pair in split_packed(p)]
    pairs += [pair for u in unpacked for pair in join_packed(u)]
    pairs = _put_fixed(pairs, fixed_tensors)
    pairs += _pair_leftovers(ours, theirs, pairs)
    stacked, orders = pair_stacked(ours, theirs, pairs)
    pairs += stacked
    whole = [(p.whole, q) for p in packed for q in p.parts]
    whole += [(q, u.whole) for u in unpacked for q in u.parts]
    kinds = {layer.home: layer.kind for layer in (*ours, *theirs)}
    keras = {
        layer.home
        for record, layers_of in ((reference, ours), (port, theirs))
        for layer in layers_of
        if record.framework.startswith("keras")
    }
    pairs, gates = reorder_gates(pairs, kinds, keras)
    alternatives = (
        *gates,
        *(*reorder_patches(layers), *reorder_packed(packed, unpacked)),
        *(*turn_squares(layers, pairs), *exchange_neighbours(layers), *orders),
    )
    pairing = _finish(ours, theirs, pairs, [*layers, *whole], alternatives)
    return replace(pairing, fixed=named)


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
        pairs.append(make_pair(one, other))
    return pairs


def _pair_leftovers(
    ours: Sequence[CommonLayer], theirs: Sequence[CommonLayer], pairs: Sequence[TensorPair]
) -> list[TensorPair]:
    """Tensors whose layers are not the same, in their order: those of one shape on both sides.

    So a bias may be a parameter of the model itself, and of a layer of its own in the other one.
    Axes may be in another order where a layout is not known.
    """
    used = {name for pair in pairs for name in (*pair.reference, *pair.port)}
    left, right = (
        [t for layer in side if not layer.tied for t in layer.tensors if not used & set(t.names)]
        for side in (ours, theirs)
    )
    found: list[tuple[CommonTensor, CommonTensor]] = []
    for by_role in (True, False):  # then by their shapes alone
        taken = {name for pair in found for tensor in pair for name in tensor.names}
        groups: dict[object, tuple[list[CommonTensor], list[CommonTensor]]] = {}
        for place, side in enumerate((left, right)):
            for tensor in side:
                if not taken & set(tensor.names):
                    key = (guess_role(tensor) if by_role else "", _sort_axes(tensor))
                    groups.setdefault(key, ([], []))[place].append(tensor)
        for own, others in groups.values():
            if len(own) == len(others):
                both = zip(own, others, strict=True)
                found += [pair for pair in both if find_axes(*pair) is not None]
    return make_pairs(found)


def _pair_aligned(layers: Sequence[tuple[CommonLayer, CommonLayer]]) -> list[TensorPair]:
    """Return the pairs of layers' tensors; what is square is turned as others of its class are."""
    typed = [
        (one.type if left.assumed else other.type, (left, right))
        for one, other in layers
        for left, right in pair_roles(one, other) or ()
    ]
    turns = {kind: find_turns([pair for k, pair in typed if k == kind]) for kind, _ in typed}
    return [make_pair(*pair, turn_square(*pair, turns[kind])) for kind, pair in typed]


def make_pairs(found: Sequence[tuple[CommonTensor, CommonTensor]]) -> list[TensorPair]:
    """Return the pairs of tensors, square ones turned as the others of no known layer are."""
    turns = find_turns(found)
    return [make_pair(*pair, turn_square(*pair, turns)) for pair in found]


def list_same_homes(pairs: Sequence[TensorPair]) -> list[tuple[str, str]]:
    """Return the layers, on both sides, that share tensors with each other and with no other."""
    both = {(source.layer, pair.target) for pair in pairs for source in pair.sources}
    left, right = (Counter(pair[side] for pair in both) for side in (0, 1))
    return sorted(pair for pair in both if left[pair[0]] == right[pair[1]] == 1)


Turns = dict[str, bool | None]


def find_turns(pairs: Sequence[tuple[CommonTensor, CommonTensor]]) -> Turns:
    """Return whether matrices of a role have rows for columns in the port, as others tell.

    Those that are not square; None where they tell nothing, or both.
    """
    told: dict[str, set[bool]] = {}
    for one, other in pairs:
        first, last = ([n for n in tensor.native if n != 1] for tensor in (one, other))
        known = not (one.assumed or other.assumed)
        if not known and len(first) == len(last) == 2 and first[0] != first[1]:
            told.setdefault(guess_role(other), set()).add(first != last)
    return {role: votes.pop() if len(votes) == 1 else None for role, votes in told.items()}


def turn_square(one: CommonTensor, other: CommonTensor, turns: Turns) -> tuple[int, ...] | None:
    """Return the order of axes of a square matrix, by what others tell; None for another one."""
    turned = turns.get(guess_role(other))
    lengths = [n for n in one.native if n != 1]
    long = list_long_axes(one.shape)
    if not (one.assumed or other.assumed):
        return None
    if turned is None or len(lengths) != 2 or lengths[0] != lengths[1] or len(long) != 2:
        return None
    reverse = turned != (one.moved != other.moved)
    return order_long_axes(one.shape, (1, 0) if reverse else (0, 1))


def _sort_axes(tensor: CommonTensor) -> tuple[int, ...]:
    return tuple(sorted(n for n in tensor.shape if n != 1))


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
    same = [(one.home, other.home) for one, other in layers]
    return Pairing(
        tuple(sorted(pairs, key=lambda pair: order[pair.target])),
        tuple(dict.fromkeys(name for name in names if name not in used | tied)),
        tuple(dict.fromkeys(name for _, name in free)),
        tuple(alternatives),
        tuple(dict.fromkeys([*same, *list_same_homes(pairs)])),
        tuple(dict.fromkeys(filled)),
    )
