"""Why running statistics differ behind a training pass: momentum, or a variance of another kind."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..functions.spread import Budgeted
from ..judging.status import Status
from ..judging.verdict import Verdict
from .built_in import describe_built_in, is_built_in
from .compare_models import ModelComparison
from .compare_whole import carry_budgets
from .judge import Part, measure_largest
from .records import Arrays, LayerRecord
from .setting_changes import find_layer, list_changes, try_settings
from .step_pair import StepPair
from .two_sides import TwoSides
from .write_cause import Tried, make_cause

MAX_NAMED = 6  # layers


@dataclass(frozen=True)
class ExplainedLayer:
    """A layer whose statistics differ, and the changes that give the port's."""

    reference: LayerRecord
    port: LayerRecord | None
    fits: Sequence[Tried]


def explain_statistics(
    sides: TwoSides, found: ModelComparison, verdict: Verdict, part: Part
) -> None:
    """Give a verdict over running statistics its cause; what cannot be helped is a limit."""
    explained = explain_layers(sides, found, part)
    if not explained or any(not one.fits for one in explained):
        return
    built_in = [one for one in explained if is_built_in(one.fits[0].changes)]
    if len(built_in) == len(explained):
        verdict.status, verdict.message = Status.FAITHFUL, ""
        names = [one.reference.name for one in explained]
        told = ", ".join(names[:MAX_NAMED])
        told += f" and {len(names) - MAX_NAMED} more" if names[MAX_NAMED:] else ""
        limit = describe_built_in(verdict.component, told, explained[0].fits[0].changes)
        verdict.limits.append(limit)
        verdict.elements_over, verdict.budget_used = 0, max(one.fits[0].used for one in explained)
        return
    first = next(one for one in explained if one not in built_in)
    verdict.cause = make_cause(first.reference, first.port, first.fits)


def list_failing(
    sides: TwoSides, found: ModelComparison, part: Part
) -> list[tuple[StepPair, list[str]]]:
    """Return the calls of the layers whose tensors are beyond their budget, with all of these."""
    assert sides.pairing is not None
    wrong = {
        name
        for name, one in part.truths.items()
        if name in part.got and measure_largest(one.want, part.got[name], one) > 1.0
    }
    owners = {record.name: record.layer for record in sides.records["port"].tensors}
    layers = {owners[name] for name in wrong}
    pairs = {p.port.layer: p for p in reversed(found.pairs) if p.port.layer in layers}
    return [
        (pairs[layer], [name for name in part.truths if owners[name] == layer])
        for layer in sorted(layers, key=list(owners.values()).index)
        if layer in pairs
    ]


def explain_layers(sides: TwoSides, found: ModelComparison, part: Part) -> list[ExplainedLayer]:
    """Return each layer whose statistics differ, with the changes that give the port's.

    A round of changes is tried of all layers in one run.
    """
    failing = list_failing(sides, found, part)
    explained = [ExplainedLayer(*find_both(sides, pair), ()) for pair, _ in failing]
    framework = sides.records["reference"].framework
    rounds = [list_changes(one.reference, one.port, framework) for one in explained]
    for turn in range(max(map(len, rounds), default=0)):
        tries = {
            pair.reference.key: own[turn]
            for (pair, _), one, own in zip(failing, explained, rounds, strict=True)
            if not one.fits and turn < len(own)
        }
        if not tries:
            break
        told = try_settings(sides, found, "reference", tries, train=True)
        told |= try_repeated(sides, found, tries)
        for place, (pair, names) in enumerate(failing):
            key = pair.reference.key
            fits = [
                Tried(change, used)
                for change, one in zip(tries.get(key, ()), told.get(key, ()), strict=False)
                if one
                and (
                    used := measure_after(sides, one["after"], part, names)
                    / grow_share(explained[place].reference, change)
                )
                <= 1.0
            ]
            if fits:
                explained[place] = ExplainedLayer(*find_both(sides, pair), fits)
    return explained


def try_repeated(
    sides: TwoSides, found: ModelComparison, tries: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, list[dict[str, Any] | None]]:
    """Return what is behind a run with each change of a layer that is called more than once.

    Its statistics come of all its calls, so it is changed in a run of its own.
    """
    assert found.free is not None
    layers = {step.key: step.layer for step in found.free.steps}
    calls = Counter(layers.values())
    return {
        key: sides.reference.ask(
            "try_changes",
            step=key,
            changes=[{layers[key]: dict(change)} for change in changes],
            inputs=found.inputs,
            options={"train": True},
        )
        for key, changes in tries.items()
        if calls[layers[key]] > 1
    }


def grow_share(layer: LayerRecord, change: Mapping[str, Any]) -> float:
    """Return by how much more of a batch, and of its rounding, is taken with another momentum."""
    kept, other = layer.settings.get("momentum"), change.get("momentum")
    if not isinstance(kept, float) or not isinstance(other, float) or kept >= 1.0:
        return 1.0
    return max(1.0, (1.0 - other) / (1.0 - kept))


def find_both(sides: TwoSides, pair: StepPair) -> tuple[LayerRecord, LayerRecord | None]:
    """Return the layers of a pair."""
    reference = find_layer(sides, "reference", pair.reference.layer)
    assert reference is not None
    return reference, find_layer(sides, "port", pair.port.layer)


def measure_after(sides: TwoSides, after: Arrays, part: Part, names: Sequence[str]) -> float:
    """Return the share of their budget by which the port's tensors depart from these."""
    wants = {n: Budgeted(v, v, np.zeros(v.shape)) for n, v in after.items()}
    carried = carry_budgets(sides, wants)
    used = [
        measure_largest(carried[name].want, part.got[name], part.truths[name])
        for name in names
        if name in carried
    ]
    return max(used, default=np.inf)
