"""The table of pairs of two models' tensors, as data."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Source:
    """What a port's tensor is made of: a tensor of the reference in the common layout.

    axes: the order in which its axes are taken, () for as they come; of the shape split, if it is
    read in another one than its own. start, stop: of an axis, None for all of it.
    order: in which as many equal parts of the last axis are taken, () for as they come.
    """

    layer: str
    role: str
    axes: tuple[int, ...] = ()
    start: int | None = None
    stop: int | None = None
    split: tuple[int, ...] = ()
    axis: int = -1
    order: tuple[int, ...] = ()


@dataclass(frozen=True)
class TensorPair:
    """Tensors of both models that hold the same numbers.

    reference, port: their names; how: in which form they are carried, for people; role: in the
    common layout. sources, side by side on their axis, make up role target_role of the port's
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
    of known kind, which becomes 0 or 1 (`unpaired_filled`): the reference has none. fixed: the
    port's layers whose partners the user has named.
    """

    pairs: tuple[TensorPair, ...]
    unpaired_reference: tuple[str, ...]
    unpaired_port: tuple[str, ...]
    alternatives: tuple[Alternative, ...]
    layer_pairs: tuple[tuple[str, str], ...]
    unpaired_filled: tuple[str, ...] = ()
    fixed: frozenset[str] = frozenset()


def use_alternative(pairing: Pairing, alternative: Alternative) -> Pairing:
    """Return the pairing with an alternative's pairs."""
    new = {(pair.target, pair.target_role): pair for pair in alternative.pairs}
    pairs = tuple(new.get((p.target, p.target_role), p) for p in pairing.pairs)
    moved = {pair.target: [s.layer for s in pair.sources] for pair in alternative.pairs}
    kept = [pair for pair in pairing.layer_pairs if pair[1] not in moved]
    kept += [(name, target) for target, names in moved.items() for name in dict.fromkeys(names)]
    return replace(pairing, pairs=pairs, layer_pairs=tuple(kept))
