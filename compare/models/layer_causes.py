"""Why a layer departs: the setting of the reference's that, changed, gives what the port gave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from ..functions.spread import Budgeted
from ..judging.cause import Cause
from ..rounding import measure_shares
from .compare_models import ModelComparison
from .judge import arrange
from .layer_kinds import LAYER_KINDS
from .pair_steps import StepPair, list_forced, make_forces
from .records import LayerRecord
from .setting_words import write_setting
from .two_sides import TwoSides

MAX_PAIRS = 60  # of changes tried of one layer


@dataclass(frozen=True)
class Tried:
    """A change of a layer's settings, and the largest share of the budget that it leaves."""

    changes: Mapping[str, Any]
    used: float


def explain_layer(sides: TwoSides, found: ModelComparison, pair: StepPair) -> Cause | None:
    """Return the settings that explain what a layer gave; None if none of those tried does."""
    reference = find_layer(sides, "reference", pair.reference.layer)
    port = find_layer(sides, "port", pair.port.layer)
    known = reference is not None and reference.kind in LAYER_KINDS
    if reference is not None and known and (fits := find_fits(sides, found, pair, reference, port)):
        return make_cause(reference, port, fits)
    for layer in list_between(sides, found, pair):
        if fits := find_port_fits(sides, found, pair, layer):
            return make_port_cause(layer, fits)
    return None


def list_between(sides: TwoSides, found: ModelComparison, pair: StepPair) -> list[LayerRecord]:
    """Return the port's layers of a pair, of one or of several."""
    assert found.forced is not None
    keys = [step.key for step in found.forced.steps]
    first, last = keys.index(pair.port_first.key), keys.index(pair.port.key)
    names = dict.fromkeys(step.layer for step in found.forced.steps[first : last + 1])
    layers = [find_layer(sides, "port", name) for name in names if name]
    return [layer for layer in layers if layer is not None and layer.kind in LAYER_KINDS]


def find_fits(
    sides: TwoSides,
    found: ModelComparison,
    pair: StepPair,
    reference: LayerRecord,
    port: LayerRecord | None,
) -> list[Tried]:
    """Return the changes of the reference's layer by which it gives what the port's gave."""
    for changes in list_changes(reference, port, sides.records["reference"].framework):
        tried = [
            Tried(change, measure_used(pair, told["outputs"], found))
            for change, told in try_changes(sides, found, pair, changes)
        ]
        if fits := [one for one in tried if one.used <= 1.0]:
            return fits
    return []


def find_port_fits(
    sides: TwoSides, found: ModelComparison, pair: StepPair, layer: LayerRecord
) -> list[Tried]:
    """Return the changes of one of the port's layers by which it gives what the reference gave."""
    assert found.free is not None
    reference = find_layer(sides, "reference", pair.reference.layer)
    wanted = [
        (mine, arrange(found.budgets[pair.reference.outputs[theirs]], layout.apply))
        for theirs, mine, layout in pair.outputs
    ]
    for changes in list_changes(layer, reference, sides.records["port"].framework):
        told = sides.ports[found.dtype].ask(
            "try_changes",
            layer=layer.name,
            step=pair.port.key,
            changes=changes,
            inputs=sides.give_port(found.inputs),
            options=sides.record("port") | {"force": make_forces(found.pairs, found.free)},
        )
        tried = [
            Tried(change, max(measure_largest(b.want, one["outputs"][k], b) for k, b in wanted))
            for change, one in zip(changes, told, strict=True)
            if one is not None
        ]
        if fits := [one for one in tried if one.used <= 1.0]:
            return fits
    return []


def make_port_cause(port: LayerRecord, fits: Sequence[Tried]) -> Cause:
    """Return what, undone in the port, gives what the reference gave."""
    best = fits[0]
    words = [
        describe_setting(name, port.settings.get(name, "another"), value)
        for name, value in best.changes.items()
    ]
    return {
        "id": "+".join(best.changes),
        "name": f"the port's {port.name}: {' and '.join(words)}",
        "budget_used": best.used,
        "also": [format_changes(one.changes) for one in fits[1:3]],
        "changes": {name: port.settings.get(name) for name in best.changes},
    }


def try_changes(
    sides: TwoSides,
    found: ModelComparison,
    pair: StepPair,
    changes: Sequence[Mapping[str, Any]],
    train: bool = False,
) -> list[tuple[Mapping[str, Any], dict[str, Any]]]:
    """Return those changes that the reference's layer can have, each with what comes of it."""
    told = sides.reference.ask(
        "try_changes",
        layer=pair.reference.layer,
        step=pair.reference.key,
        changes=changes,
        inputs=found.inputs,
        options=sides.record("reference") | {"train": train, "force": list_forced(found.pairs)},
    )
    return [(c, one) for c, one in zip(changes, told, strict=True) if one is not None]


def find_layer(sides: TwoSides, side: str, name: str) -> LayerRecord | None:
    """Return a layer of one side by its name."""
    return next((one for one in sides.records[side].layers if one.name == name), None)


def list_changes(
    layer: LayerRecord, other: LayerRecord | None, framework: str
) -> list[list[dict[str, Any]]]:
    """Return the changes of a layer to try: the other's settings, what people do, two of these.

    Each list is tried where none of those before it fits. framework: of the layer.
    """
    kind = LAYER_KINDS[layer.kind]
    known = kind.forms[framework.partition("[")[0]].changes
    theirs = other.settings if other is not None and other.kind == layer.kind else {}
    differ = {n: v for n, v in theirs.items() if n in known and v != layer.settings.get(n)}
    own: list[dict[str, Any]] = [{n: v} for n, v in differ.items()]
    own += [differ] if len(differ) > 1 else []
    singles = [
        {name: value}
        for name, values in kind.candidates.items()
        for value in values
        if name in known and value != layer.settings.get(name)
    ]
    pairs = [one | two for one, two in combinations(singles, 2) if one.keys() != two.keys()]
    return [some for some in (own, singles, pairs[:MAX_PAIRS]) if some]


def measure_used(pair: StepPair, outputs: Sequence[np.ndarray], found: ModelComparison) -> float:
    """Return the share of its budget by which the port departs from these outputs of a layer."""
    assert found.forced is not None
    used = 0.0
    for theirs, mine, layout in pair.outputs:
        budget = arrange(found.budgets[pair.reference.outputs[theirs]], layout.apply)
        got = found.forced.arrays[pair.port.outputs[mine]]
        want = outputs[theirs]
        if want.size != got.size or want.ndim != len(layout.axes):
            return float("inf")
        used = max(used, measure_largest(layout.apply(want), got, budget))
    return used


def measure_largest(want: np.ndarray, got: np.ndarray, budget: Budgeted) -> float:
    """Return the largest share of a budget, where rounding decides nothing."""
    if want.shape != got.shape:
        return float("inf")
    shares = measure_shares(got, want, budget.allowed, nan_equal=True)
    shares = np.where(budget.undecided, 0.0, shares)
    return float(np.max(shares, initial=0.0))


def make_cause(reference: LayerRecord, port: LayerRecord | None, fits: Sequence[Tried]) -> Cause:
    """Return the first change that fits as a cause, with the others that fit too."""
    best = fits[0]
    words = [
        describe_setting(name, value, reference.settings.get(name))
        for name, value in best.changes.items()
    ]
    own = port is not None and all(port.settings.get(n) == v for n, v in best.changes.items())
    also = [format_changes(one.changes) for one in fits[1:] if one.changes != best.changes]
    cause: Cause = {
        "id": "+".join(best.changes),
        "name": f"{reference.name}: {' and '.join(words)}",
        "does": "" if own else "This is what its output shows; its own settings cannot be read",
        "budget_used": best.used,
        "also": [] if own else also,
        "changes": dict(best.changes),
        "settings": {n: [reference.settings.get(n), v] for n, v in best.changes.items()},
    }
    if own and port is not None and (fix := write_fix(reference, port, list(best.changes))):
        cause["fix"] = fix
    return cause


def describe_setting(name: str, port: Any, reference: Any) -> str:
    """Return a setting on both sides, for people.

    >>> describe_setting("epsilon", 0.001, 1e-05)
    'epsilon is 0.001, in the reference 1e-05'
    >>> describe_setting("mask", "left out", None)
    'mask: left out'
    """
    if reference is None:
        return f"{name}: {format_setting(port)}"
    return f"{name} is {format_setting(port)}, in the reference {format_setting(reference)}"


def write_fix(reference: LayerRecord, port: LayerRecord, names: Sequence[str]) -> dict[str, str]:
    """Return how the reference's settings are written, by framework; nothing if one is unknown."""
    found = {}
    for layer in (reference, port):
        framework = find_framework(layer)
        words = [write_setting(framework, layer.type, n, reference.settings.get(n)) for n in names]
        if all(words):
            found[framework] = ", ".join(words)
    return found if find_framework(port) in found else {}


def find_framework(layer: LayerRecord) -> str:
    """Return the framework of a layer's class."""
    return layer.type.partition(".")[0]


def format_setting(value: Any) -> str:
    """Return a setting's value for people.

    >>> format_setting(1e-05), format_setting("same"), format_setting([[1, 1], [1, 1]])
    ('1e-05', 'same', '1 on each side')
    >>> format_setting([3, 3]), format_setting([[0, 1], [0, 1]])
    ('3', '[[0, 1], [0, 1]]')
    """
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, list | tuple) and value:
        first = value[0]
        if any(item != first for item in value):
            return str(value)
        if isinstance(first, list | tuple):
            return f"{first[0]} on each side" if len(set(first)) == 1 else str(value)
        return format_setting(first)
    return str(value)


def format_changes(changes: Mapping[str, Any]) -> str:
    """Return changes in a line.

    >>> format_changes({"epsilon": 0.001})
    'epsilon 0.001'
    """
    return " and ".join(f"{name} {format_setting(value)}" for name, value in changes.items())
