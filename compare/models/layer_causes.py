"""Why layers depart: the settings that, changed on one side, give what the other side gives.

The reference's layers are changed first, each to the port's own settings, then to what people do
otherwise; then the port's. One run tries changes of many layers: each is called aside, on what it
is given anyhow.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..judging.cause import Cause
from .compare_models import ModelComparison
from .judge import arrange, measure_largest
from .layer_kinds import LAYER_KINDS
from .moved_settings import explain_moved
from .records import LayerRecord
from .setting_changes import (
    find_layer,
    list_changes,
    measure_used,
    try_settings,
)
from .step_pair import StepPair, make_forces
from .two_sides import TwoSides
from .write_cause import Tried, make_cause, make_port_cause

ROUNDS = 3  # of changes, as `list_changes` gives them
GROUP_NUMBERS = 4_000_000  # that the changed layers of one run may give, of 8 bytes each

Causes = dict[str, Cause]


@dataclass(frozen=True)
class Candidate:
    """A layer of one side whose settings are changed, and by which, round by round.

    other: the other side's layer. key: of its call.
    """

    pair: StepPair
    layer: LayerRecord
    other: LayerRecord | None
    key: str
    rounds: Sequence[Sequence[Mapping[str, Any]]]


def explain_layers(
    sides: TwoSides, found: ModelComparison, pairs: Sequence[StepPair], deadline: float
) -> Causes:
    """Return causes by the names of pairs, of those that are explained by settings in time.

    deadline: of `time.monotonic`.
    """
    causes: Causes = {}
    for pair in pairs:
        if time.monotonic() < deadline and (cause := explain_moved(sides, found, pair)):
            causes[pair.name] = cause
    for side in ("reference", "port"):
        candidates = list_candidates(sides, found, side, pairs)
        for turn in range(ROUNDS):
            left = [c for c in candidates if c.pair.name not in causes and turn < len(c.rounds)]
            for group in make_groups(found, left, turn):
                if time.monotonic() > deadline:
                    return causes
                causes |= try_group(sides, found, side, group, turn)
    for pair in pairs:
        if pair.name not in causes and time.monotonic() < deadline:
            causes |= explain_inner_layers(sides, found, pair)
    return causes


def list_candidates(
    sides: TwoSides, found: ModelComparison, side: str, pairs: Sequence[StepPair]
) -> list[Candidate]:
    """Return the layers of one side that can be changed: of the port's those that are one step."""
    candidates = []
    framework = sides.records[side].framework
    for pair in pairs:
        theirs = find_layer(sides, "reference", pair.reference.layer)
        mine = find_layer(sides, "port", pair.port.layer)
        layer, other = (theirs, mine) if side == "reference" else (mine, theirs)
        step = pair.reference if side == "reference" else pair.port
        whole = side == "reference" or pair.port_first.key == pair.port.key
        if layer is not None and layer.kind in LAYER_KINDS and whole:
            rounds = list_changes(layer, other, framework)
            candidates.append(Candidate(pair, layer, other, step.key, rounds))
    return candidates


def make_groups(
    found: ModelComparison, candidates: Sequence[Candidate], turn: int
) -> Iterator[list[Candidate]]:
    """Yield candidates in groups that are tried in one run."""
    assert found.free is not None
    group: list[Candidate] = []
    numbers = 0
    for one in candidates:
        outputs = one.pair.reference.outputs
        numbers += len(one.rounds[turn]) * sum(found.free.arrays[name].size for name in outputs)
        if group and numbers > GROUP_NUMBERS:
            yield group
            group, numbers = [], 0
        group.append(one)
    if group:
        yield group


def try_group(
    sides: TwoSides, found: ModelComparison, side: str, group: Sequence[Candidate], turn: int
) -> Causes:
    """Return the causes that one run shows."""
    tries = {one.key: one.rounds[turn] for one in group}
    told = try_settings(sides, found, side, tries)
    measure = measure_used if side == "reference" else measure_port_used
    causes: Causes = {}
    for one in group:
        fits = []
        for change, given in zip(one.rounds[turn], told.get(one.key, ()), strict=False):
            used = measure(one.pair, given["outputs"], found) if given else np.inf
            fits += [Tried(change, used)] if used <= 1.0 else []
        if fits and side == "reference":
            causes[one.pair.name] = make_cause(one.layer, one.other, fits)
        elif fits:
            causes[one.pair.name] = make_port_cause(one.layer, fits)
    return causes


def measure_port_used(
    pair: StepPair, outputs: Sequence[np.ndarray], found: ModelComparison
) -> float:
    """Return the share of its budget by which these outputs of the port's depart."""
    names = pair.reference.outputs
    wanted = [
        (mine, arrange(found.budgets[names[theirs]], layout.apply))
        for theirs, mine, layout in pair.outputs
    ]
    return max(measure_largest(budget.want, outputs[mine], budget) for mine, budget in wanted)


def explain_inner_layers(sides: TwoSides, found: ModelComparison, pair: StepPair) -> Causes:
    """Return the cause of a pair that is several layers of the port's: one of these, changed."""
    assert found.free is not None
    reference = find_layer(sides, "reference", pair.reference.layer)
    layers = list_between(sides, found, pair)
    for layer in layers if pair.port_first.key != pair.port.key else ():
        for changes in list_changes(layer, reference, sides.records["port"].framework):
            told = sides.ports[found.dtype].ask(
                "try_changes",
                step=pair.port.key,
                changes=[{layer.name: change} for change in changes],
                inputs=sides.give_port(found.inputs),
                options=sides.record("port") | {"force": make_forces(found.pairs, found.free)},
            )
            fits = [
                Tried(change, measure_port_used(pair, one["outputs"], found))
                for change, one in zip(changes, told, strict=True)
                if one is not None
            ]
            if fits := [one for one in fits if one.used <= 1.0]:
                return {pair.name: make_port_cause(layer, fits)}
    return {}


def list_between(sides: TwoSides, found: ModelComparison, pair: StepPair) -> list[LayerRecord]:
    """Return the port's layers of a pair, of one or of several."""
    assert found.forced is not None
    keys = [step.key for step in found.forced.steps]
    first, last = keys.index(pair.port_first.key), keys.index(pair.port.key)
    names = dict.fromkeys(step.layer for step in found.forced.steps[first : last + 1])
    layers = [find_layer(sides, "port", name) for name in names if name]
    return [layer for layer in layers if layer is not None and layer.kind in LAYER_KINDS]
