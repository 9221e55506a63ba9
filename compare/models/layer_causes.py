"""Why a layer departs: the setting of the reference's that, changed, gives what the port gave."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..functions.spread import Budgeted
from ..judging.cause import Cause
from ..rounding import measure_shares
from .compare_models import ModelComparison
from .judge import arrange
from .layer_kinds import LAYER_KINDS
from .pair_steps import StepPair, list_forced
from .records import LayerRecord
from .setting_words import write_setting
from .two_sides import TwoSides

MAX_CHANGES = 40  # tried of one layer


@dataclass(frozen=True)
class Tried:
    """A change of a layer's settings, and the largest share of the budget that it leaves."""

    changes: Mapping[str, Any]
    used: float


def explain_layer(sides: TwoSides, found: ModelComparison, pair: StepPair) -> Cause | None:
    """Return the settings that explain what a layer gave; None if none of those tried does."""
    reference = find_layer(sides, "reference", pair.reference.layer)
    port = find_layer(sides, "port", pair.port.layer)
    if reference is None or reference.kind not in LAYER_KINDS:
        return None
    tried = [
        Tried(change, measure_used(pair, told["outputs"], found))
        for change, told in try_changes(sides, found, pair, reference, port)
    ]
    fits = [one for one in tried if one.used <= 1.0]
    return make_cause(reference, port, fits) if fits else None


def try_changes(
    sides: TwoSides,
    found: ModelComparison,
    pair: StepPair,
    reference: LayerRecord,
    port: LayerRecord | None,
    train: bool = False,
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return each change that the reference's layer can have, with what comes of it."""
    changes = list(list_changes(reference, port))[:MAX_CHANGES]
    told = sides.reference.ask(
        "try_changes",
        layer=reference.name,
        step=pair.reference.key,
        changes=changes,
        inputs=found.inputs,
        options=sides.record("reference") | {"train": train, "force": list_forced(found.pairs)},
    )
    return [(c, one) for c, one in zip(changes, told, strict=True) if one is not None]


def find_layer(sides: TwoSides, side: str, name: str) -> LayerRecord | None:
    """Return a layer of one side by its name."""
    return next((one for one in sides.records[side].layers if one.name == name), None)


def list_changes(reference: LayerRecord, port: LayerRecord | None) -> Iterator[dict[str, Any]]:
    """Yield the changes to try: the port's own settings first, then those that people make."""
    mine = port.settings if port is not None and port.kind == reference.kind else {}
    differ = {n: v for n, v in mine.items() if n in reference.settings}
    differ = {n: v for n, v in differ.items() if v != reference.settings[n]}
    for name, value in differ.items():
        yield {name: value}
    if len(differ) > 1:
        yield differ
    for name, values in LAYER_KINDS[reference.kind].candidates.items():
        for value in values:
            if value != reference.settings.get(name) and differ.get(name) != value:
                yield {name: value}


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
        f"{name} is {format_setting(value)}, in the reference "
        f"{format_setting(reference.settings.get(name))}"
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

    >>> format_setting(1e-05), format_setting("same")
    ('1e-05', 'same')
    """
    return str(value)


def format_changes(changes: Mapping[str, Any]) -> str:
    """Return changes in a line.

    >>> format_changes({"epsilon": 0.001})
    'epsilon 0.001'
    """
    return " and ".join(f"{name} {format_setting(value)}" for name, value in changes.items())
