"""Where shapes and names leave open which tensor is which: what fits best is found by trying."""

import re

import numpy as np

from .compare_models import ModelComparison, begin_comparison, pair_outputs, run_forced
from .pairing import Alternative, Pairing, use_alternative
from .two_sides import TwoSides

NEAR = 1e-4  # of the largest value: another pair of tensors is further off, float32 is not
MAX_TRIED = 24


def settle_pairing(sides: TwoSides, dtype: str) -> ModelComparison:
    """Take the way to pair tensors by which the fewest layers depart; said, if it is another.

    A port that keeps its own weights departs alike by any. Returns the comparison in dtype, begun.
    """
    assert sides.pairing is not None
    base, chosen = sides.pairing, begin_comparison(sides, dtype)
    others = [] if sides.keep else [a for a in base.alternatives if not parts_namesakes(base, a)]
    if not others:
        return chosen
    least = first = count_departing(sides, chosen)
    best, why = base, ""
    for one in others[:MAX_TRIED]:
        if not least:
            break
        sides.set_pairing(use_alternative(base, one))
        found = begin_comparison(sides, dtype)
        count = count_departing(sides, found)
        if count < least:
            best, chosen, least, why = sides.pairing, found, count, one.why
    sides.set_pairing(best)
    sides.write(dtype)
    if why:
        sides.notes.append(
            f"which tensors are the same was tried: with {why}, {least} of what layers are given "
            f"and give departs, without {first}"
        )
    return chosen


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


def count_departing(sides: TwoSides, found: ModelComparison) -> int:
    """Return how many inputs and outputs of layers depart, by far more than rounding."""
    run_forced(sides, found)
    assert found.free is not None
    assert found.forced is not None
    compared = []
    for pair in found.pairs:
        for theirs, mine, places in (
            (pair.reference_first.inputs, pair.port_first.inputs, pair.inputs),
            (pair.reference.outputs, pair.port.outputs, pair.outputs),
        ):
            for first, second, layout in places:
                want = layout.apply(found.free.arrays[theirs[first]])
                compared.append((want, found.forced.arrays[mine[second]]))
    for name, other, layout in pair_outputs(found.free.outputs, found.forced.outputs):
        want = layout.apply(found.free.outputs[name])
        compared.append((want, found.forced.outputs[other]))
    return sum(is_far(want, got) for want, got in compared)


def is_far(want: np.ndarray, got: np.ndarray) -> bool:
    """Whether an array is not the same but for roundings, however many."""
    right, mine = np.asarray(want, np.float64), np.asarray(got, np.float64)
    scale = float(np.max(np.abs(right), initial=0.0))
    with np.errstate(all="ignore"):
        return not bool(np.all(np.abs(mine - right) <= NEAR * scale))
