"""Where shapes and names leave open which tensor is which: what fits best is found by trying."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from .compare_models import ModelComparison, begin_comparison, pair_outputs, run_forced
from .pairing import Alternative, Pairing, TensorPair, use_alternative
from .two_sides import TwoSides

NEAR = 1e-4  # of the largest value: another pair of tensors is further off, float32 is not
MAX_TRIED = 60
SETTLE_SECONDS = 20.0  # after which no other way is tried
NEAREST = 4  # layers of the same shapes that one may have been taken for, on either side
FIRST = 3  # departing layers that are looked at: what departs behind them may follow


def settle_pairing(sides: TwoSides, dtype: str) -> ModelComparison:
    """Take the way to pair tensors by which the fewest layers depart; said, if it is another.

    A port that keeps its own weights departs alike by any. Returns the comparison in dtype, begun.
    """
    assert sides.pairing is not None
    chosen = begin_comparison(sides, dtype)
    if sides.keep:
        return chosen
    settled = Settling(sides, dtype, chosen)
    settled.try_alternatives()
    settled.try_exchanges()
    return settled.finish()


class Settling:
    """The best pairing so far, what departs by it, and why it was taken.

    tried: how many were, until a time after which none is.
    """

    def __init__(self, sides: TwoSides, dtype: str, chosen: ModelComparison) -> None:
        assert sides.pairing is not None
        self.sides, self.dtype, self.chosen = sides, dtype, chosen
        self.best, self.end = sides.pairing, time.monotonic() + SETTLE_SECONDS
        self.whys: list[str] = []
        self.tried = 0
        self.departing: list[str] | None = None
        self.first = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing departs any more, or enough was tried."""
        if self.departing is None:  # found out only where there is anything to try
            self.departing = list_departing(self.sides, self.chosen)
            self.first = len(self.departing)
        return not self.departing or self.is_late

    @property
    def is_late(self) -> bool:
        """Whether nothing else is to be tried, though there may be more."""
        return self.tried >= MAX_TRIED or time.monotonic() > self.end

    def take_if_better(self, one: Alternative) -> bool:
        """Try an alternative to the best pairing, and keep it if fewer layers depart."""
        assert self.departing is not None
        self.tried += 1
        self.sides.set_pairing(use_alternative(self.best, one))
        found = begin_comparison(self.sides, self.dtype)
        departing = list_departing(self.sides, found)
        if len(departing) >= len(self.departing):
            return False
        assert self.sides.pairing is not None
        self.best, self.chosen, self.departing = self.sides.pairing, found, departing
        self.whys.append(one.why)
        return True

    def try_alternatives(self) -> None:
        """Try what shapes allow as well, one upon the other."""
        for one in self.best.alternatives:
            if is_barred(self.best, one):
                continue
            if self.is_over:
                return
            self.take_if_better(one)

    def try_exchanges(self) -> None:
        """Try layers of the same shapes, near the first that depart, for each other."""
        again = bool(list_exchangeable(self.best))
        while again and not self.is_over:
            assert self.departing is not None
            again = False
            first = list(dict.fromkeys(name for name in self.departing if name))[:FIRST]
            for one in (e for name in first for e in list_exchanges(self.best, name)):
                if self.is_over:
                    return
                if not is_barred(self.best, one) and self.take_if_better(one):
                    again = True
                    break

    def finish(self) -> ModelComparison:
        """Return the comparison by the best pairing, which the sides have again."""
        if self.sides.pairing is not self.best:
            self.sides.set_pairing(self.best)
            self.sides.write(self.dtype)
        if self.departing and self.is_late:
            self.sides.notes.append(
                "not every way to pair the weights was tried: if a layer that departs has another "
                "one's, --map says which is which"
            )
        if self.whys:
            assert self.departing is not None
            told = self.whys[0] + (f", and {len(self.whys) - 1} more" if self.whys[1:] else "")
            self.sides.notes.append(
                f"which tensors are the same was tried: with {told}, {len(self.departing)} of what "
                f"layers are given and give departs, without {self.first}"
            )
        return self.chosen


def list_exchangeable(pairing: Pairing) -> dict[object, list[str]]:
    """Return the port's layers that could be each other by the shapes of their tensors."""
    alike: dict[object, list[str]] = {}
    for target in dict.fromkeys(pair.target for pair in pairing.pairs):
        pairs = [pair for pair in pairing.pairs if pair.target == target]
        if any(len(pair.sources) != 1 or pair.sources[0].start is not None for pair in pairs):
            continue
        shapes = frozenset((pair.target_role, pair.shape, pair.how) for pair in pairs)
        alike.setdefault(shapes, []).append(target)
    return {shapes: names for shapes, names in alike.items() if len(names) > 1}


def list_exchanges(pairing: Pairing, name: str) -> Iterator[Alternative]:
    """Yield exchanges of a layer of the port with others of its shapes, the nearest first."""
    for names in list_exchangeable(pairing).values():
        if name not in names:
            continue
        place = names.index(name)
        near = sorted((n for n in names if n != name), key=lambda n: abs(names.index(n) - place))
        for other in near[: 2 * NEAREST]:
            pairs = exchange(pairing, name, other)
            theirs = pairs[0].sources[0].layer
            yield Alternative(f"{theirs} for {pairs[0].target}", tuple(pairs))


def exchange(pairing: Pairing, name: str, other: str) -> list[TensorPair]:
    """Return the pairs of two layers of the port with each other's partners."""
    pairs = {(pair.target, pair.target_role): pair for pair in pairing.pairs}
    found = []
    for (target, role), pair in pairs.items():
        if target in (name, other):
            theirs = pairs[other if target == name else name, role]
            found.append(replace(pair, reference=theirs.reference, sources=theirs.sources))
    return found


def is_barred(pairing: Pairing, alternative: Alternative) -> bool:
    """Whether an alternative undoes what the user has named, or parts layers of one name."""
    targets = {pair.target for pair in alternative.pairs}
    return bool(targets & pairing.fixed) or parts_namesakes(pairing, alternative)


def parts_namesakes(pairing: Pairing, alternative: Alternative) -> bool:
    """Whether an alternative takes from each other what has one name on both sides."""
    new = {pair.target: {source.layer for source in pair.sources} for pair in alternative.pairs}
    return any(
        get_last_name(theirs) == get_last_name(mine) and theirs not in new.get(mine, {theirs})
        for theirs, mine in pairing.layer_pairs
    )


def get_last_name(name: str) -> str:
    """Return a layer's own name.

    >>> get_last_name("encoder.mu"), get_last_name("encoder/mu")
    ('mu', 'mu')
    """
    return re.split(r"[./]", name)[-1].lower()


def list_departing(sides: TwoSides, found: ModelComparison) -> list[str]:
    """Return where inputs and outputs of layers depart, by far more than rounding.

    Names of the port's layers, one for each array; "" for the model's outputs.
    """
    run_forced(sides, found)
    assert found.free is not None
    assert found.forced is not None
    departing = []
    for pair in found.pairs:
        for theirs, mine, places in (
            (pair.reference_first.inputs, pair.port_first.inputs, pair.inputs),
            (pair.reference.outputs, pair.port.outputs, pair.outputs),
        ):
            for first, second, layout in places:
                want = layout.apply(found.free.arrays[theirs[first]])
                far = is_far(want, found.forced.arrays[mine[second]])
                departing += [pair.port.layer] if far else []
    for name, other, layout in pair_outputs(found.free.outputs, found.forced.outputs):
        want = layout.apply(found.free.outputs[name])
        departing += [""] if is_far(want, found.forced.outputs[other]) else []
    return departing


def is_far(want: np.ndarray, got: np.ndarray) -> bool:
    """Whether an array is not the same but for roundings, however many."""
    right, mine = np.asarray(want, np.float64), np.asarray(got, np.float64)
    scale = float(np.max(np.abs(right), initial=0.0))
    with np.errstate(all="ignore"):
        return not bool(np.all(np.abs(mine - right) <= NEAR * scale))
