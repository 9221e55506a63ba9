"""Which settings of a layer may be others, and how far a port departs from what that gives."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from .compare_models import ModelComparison
from .judge import arrange, measure_largest
from .layer_kinds import LAYER_KINDS
from .records import LayerRecord
from .step_pair import StepPair, make_forces
from .two_sides import TwoSides

MAX_PAIRS = 60  # of changes tried of one layer


def try_settings(
    sides: TwoSides,
    found: ModelComparison,
    side: str,
    tries: Mapping[str, Sequence[Mapping[str, Any]]],
    train: bool = False,
) -> dict[str, list[dict[str, Any] | None]]:
    """Return what layers of one side give with each change, on the reference's inputs to them.

    tries: by the key of a layer's call. Of each change "outputs" and "after", None if it cannot be.
    """
    options = sides.record(side) | {"train": train}
    if side == "reference":
        told = sides.reference.ask(
            "try_settings", tries=tries, inputs=found.inputs, options=options
        )
    else:
        assert found.free is not None
        told = sides.ports[found.dtype].ask(
            "try_settings",
            tries=tries,
            inputs=sides.give_port(found.inputs),
            options=options | {"force": make_forces(found.pairs, found.free)},
        )
    return dict(told)


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
    singles = [
        {name: value}
        for name, values in kind.candidates.items()
        for value in values
        if name in known and value != layer.settings.get(name)
    ]
    pairs = [one | two for one, two in combinations(singles, 2) if one.keys() != two.keys()]
    rounds = list_differing(layer, other, framework), singles, pairs[:MAX_PAIRS]
    return [some for some in rounds if some]


def list_differing(
    layer: LayerRecord, other: LayerRecord | None, framework: str
) -> list[dict[str, Any]]:
    """Return the other layer's settings where they differ: one by one, and all at once."""
    known = LAYER_KINDS[layer.kind].forms[framework.partition("[")[0]].changes
    theirs = other.settings if other is not None and other.kind == layer.kind else {}
    differ = {n: v for n, v in theirs.items() if n in known and v != layer.settings.get(n)}
    return [{n: v} for n, v in differ.items()] + ([differ] if len(differ) > 1 else [])


def measure_used(pair: StepPair, outputs: Sequence[np.ndarray], found: ModelComparison) -> float:
    """Return the share of its budget by which the port departs from these outputs of a layer."""
    assert found.forced is not None
    used = 0.0
    for theirs, mine, layout in pair.outputs:
        own, want = found.budgets[pair.reference.outputs[theirs]], outputs[theirs]
        if want.shape != own.want.shape:
            return float("inf")
        got = found.forced.arrays[pair.port.outputs[mine]]
        used = max(used, measure_largest(layout.apply(want), got, arrange(own, layout.apply)))
    return used
