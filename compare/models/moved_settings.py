"""Settings of several layers in a row: a stride that stands in the port one layer earlier.

Between them the arrays have other shapes on both sides, so that no layer there can be compared by
itself; what the last of them gives has the same again.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..judging.cause import Cause
from .compare_models import ModelComparison
from .layer_kinds import LAYER_KINDS
from .records import LayerRecord
from .setting_changes import find_layer, list_differing, measure_used
from .step_pair import StepPair, list_forced
from .two_sides import TwoSides
from .write_cause import describe_setting

Changes = dict[str, Mapping[str, Any]]


def explain_moved(sides: TwoSides, found: ModelComparison, pair: StepPair) -> Cause | None:
    """Return that the port's settings of a layer, and of those before it, give what it gave.

    None where the layer is given what it should be, or nothing explains it.
    """
    if pair.inputs:
        return None
    layers = list_unpaired_before(sides, found, pair)
    changes: Changes = {}
    for reference, port in layers:
        if reference.kind in LAYER_KINDS:
            framework = sides.records["reference"].framework
            differing = list_differing(reference, port, framework)
            changes |= {reference.name: differing[-1]} if differing else {}
    if len(changes) < 2 or measure_changes(sides, found, pair, [changes])[0] > 1.0:
        return None
    fewer = drop_idle(sides, found, pair, changes)
    [used] = measure_changes(sides, found, pair, [fewer])
    return describe_moved({one.name: one for one, _ in layers}, fewer, used)


def measure_changes(
    sides: TwoSides, found: ModelComparison, pair: StepPair, changes: Sequence[Changes]
) -> list[float]:
    """Return the share of its budget that each set of changes leaves of a layer's difference."""
    forced = list_forced(found.pairs)
    forced[pair.reference_first.key].remove("in")  # this comes of the changes
    told = sides.reference.ask(
        "try_changes",
        step=pair.reference.key,
        changes=changes,
        inputs=found.inputs,
        options=sides.record("reference") | {"force": forced},
    )
    return [measure_used(pair, one["outputs"], found) if one else np.inf for one in told]


def drop_idle(sides: TwoSides, found: ModelComparison, pair: StepPair, changes: Changes) -> Changes:
    """Return the changes without those that change nothing here, as a momentum in eval mode."""
    every = [(name, setting) for name, change in changes.items() for setting in change]
    used = measure_changes(sides, found, pair, [leave_out(changes, [one]) for one in every])
    fewer = leave_out(changes, [one for one, left in zip(every, used, strict=True) if left <= 1.0])
    return fewer if measure_changes(sides, found, pair, [fewer])[0] <= 1.0 else changes


def leave_out(changes: Changes, idle: Sequence[tuple[str, str]]) -> Changes:
    """Return the changes without some settings of layers."""
    left = {
        name: {n: value for n, value in change.items() if (name, n) not in idle}
        for name, change in changes.items()
    }
    return {name: change for name, change in left.items() if change}


def list_unpaired_before(
    sides: TwoSides, found: ModelComparison, pair: StepPair
) -> list[tuple[LayerRecord, LayerRecord]]:
    """Return the layers that hold the same tensors on both sides, from the last compared to this.

    The reference's first; that of the pair is the last.
    """
    assert found.free is not None
    assert sides.pairing is not None
    compared = {one.reference.key for one in found.pairs}
    row: list[str] = []
    for step in found.free.steps:
        row.append(step.layer)
        if step.key == pair.reference.key:
            break
        if step.key in compared:
            row = []
    partners = dict(sides.pairing.layer_pairs)
    both = [
        (find_layer(sides, "reference", name), find_layer(sides, "port", partners[name]))
        for name in dict.fromkeys(row)
        if name in partners
    ]
    return [(one, other) for one, other in both if one is not None and other is not None]


def describe_moved(layers: Mapping[str, LayerRecord], changes: Changes, used: float) -> Cause:
    """Return the changes as one cause."""
    words, settings = [], []
    for name, change in changes.items():
        own = layers[name].settings
        told = [describe_setting(n, value, own.get(n)) for n, value in change.items()]
        words.append(f"{name}: {' and '.join(told)}")
        settings += [[n, own.get(n), value] for n, value in change.items()]
    names = dict.fromkeys(n for change in changes.values() for n in change)
    return {
        "id": "+".join(names),
        "name": "; ".join(words),
        "budget_used": used,
        "also": [],
        "settings": {"of several layers": settings},
    }
