"""The port's own weights, where it keeps them, held against the reference's: what differs first."""

from collections.abc import Sequence

import numpy as np

from ..functions.spread import Budgeted
from ..judging.status import Status
from ..judging.verdict import Verdict
from ..rounding import measure_shares
from ..rounding.tolerances import compute_last_rounding
from .judge import Part
from .step_pair import StepPair
from .two_sides import TwoSides, round_arrays

WEIGHTS, GATE = "weights", "weights"
MAX_NAMED = 4  # tensors that differ


def compare_weights(sides: TwoSides, dtype: str) -> Part:
    """Return the port's tensors beside the reference's, in its layout: of those that are paired.

    Allowed is a rounding to the port's dtype.
    """
    assert sides.pairing is not None
    carried = sides.carry(round_arrays(sides.values, dtype))
    paired = {name for pair in sides.pairing.pairs for name in pair.port}
    truths = {}
    for name in carried:
        if name in paired:
            want = np.asarray(carried[name], np.float64)
            allowed = compute_last_rounding(want, dtype)
            truths[name] = Budgeted(want, allowed, np.zeros(want.shape, bool))
    return Part(WEIGHTS, GATE, "carried", truths, {name: sides.own[name] for name in truths})


def find_differing(part: Part) -> list[str]:
    """Return the port's tensors that differ, in the order of its layers."""
    return [n for n, one in part.truths.items() if measure_share(one, part.got[n]) > 1]


def measure_share(one: Budgeted, got: np.ndarray) -> float:
    """Return the largest share of what is allowed; inf for another shape."""
    if one.want.shape != got.shape:
        return float("inf")
    return float(np.max(measure_shares(got, one.want, one.allowed), initial=0.0))


def describe_differing(sides: TwoSides, part: Part) -> str:
    """Return which weights differ, and by how much: a sentence."""
    assert sides.pairing is not None
    theirs = {name: pair.reference for pair in sides.pairing.pairs for name in pair.port}
    names = find_differing(part)
    told = []
    for name in names[:MAX_NAMED]:
        want, got = part.truths[name].want, part.got[name]
        far = np.max(np.abs(np.asarray(got, np.float64) - want)) if want.shape == got.shape else 0
        own = name if theirs[name] == (name,) else f"{name} ({', '.join(theirs[name])})"
        told.append((own, far))
    [(first, far), *others] = told
    also = [f"{name} ({size:.3g})" for name, size in others]
    also += [f"{len(names) - MAX_NAMED} more"] if names[MAX_NAMED:] else []
    said = f"{first} differs from the reference's: max |difference| {far:.3g}"
    return f"{said}; so do {', '.join(also)}" if also else said


def mark_layers(
    sides: TwoSides, part: Part, pairs: Sequence[StepPair], verdicts: Sequence[Verdict]
) -> None:
    """Say what differs in the verdict over weights; the layers that own it follow from it."""
    [own] = [verdict for verdict in verdicts if verdict.component == WEIGHTS]
    if own.status != Status.UNFAITHFUL:
        return
    own.message, own.right = describe_differing(sides, part), []
    own.cause = {"id": "weights", "name": "the port's own are not the reference's", "also": []}
    names = find_differing(part)
    owners = {t.layer for t in sides.records["port"].tensors if t.name in names}
    parents = {layer.name: layer.parent for layer in sides.records["port"].layers}
    for owner in list(owners):  # a layer may be one step though others hold its tensors
        parent = parents.get(owner)
        while parent:
            owners.add(parent)
            parent = parents.get(parent)
    follow = {pair.name for pair in pairs if pair.port.layer in owners}
    for verdict in verdicts:
        if verdict.component in follow and verdict.status == Status.UNFAITHFUL:
            verdict.status, verdict.follows = Status.FOLLOWS, WEIGHTS
