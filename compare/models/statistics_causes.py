"""Why running statistics differ behind a training pass: momentum, or a variance of another kind."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..functions.spread import Budgeted
from ..judging.results import Verdict
from ..judging.status import Status
from .built_in import describe_built_in, is_built_in
from .compare_models import ModelComparison, carry_budgets
from .judge import Part
from .layer_causes import (
    Tried,
    find_layer,
    list_changes,
    make_cause,
    measure_largest,
    try_changes,
)
from .pair_steps import StepPair
from .records import LayerRecord
from .two_sides import TwoSides

MAX_LAYERS = 6  # explained one by one


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
    explained = [
        explain_one(sides, found, pair, names, part)
        for pair, names in list_failing(sides, found, part)[:MAX_LAYERS]
    ]
    if not explained or any(not one.fits for one in explained):
        return
    built_in = [one for one in explained if is_built_in(one.fits[0].changes)]
    if len(built_in) == len(explained):
        verdict.status, verdict.message = Status.FAITHFUL, ""
        names = ", ".join(one.reference.name for one in explained)
        limit = describe_built_in(verdict.component, names, explained[0].fits[0].changes)
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


def explain_one(
    sides: TwoSides, found: ModelComparison, pair: StepPair, names: Sequence[str], part: Part
) -> ExplainedLayer:
    """Return the changes of one layer that give the port's statistics."""
    reference = find_layer(sides, "reference", pair.reference.layer)
    port = find_layer(sides, "port", pair.port.layer)
    assert reference is not None
    fits: list[Tried] = []
    for changes in list_changes(reference, port, sides.records["reference"].framework):
        for change, told in try_changes(sides, found, pair, changes, train=True):
            wants = {n: Budgeted(v, v, np.zeros(v.shape)) for n, v in told["after"].items()}
            carried = carry_budgets(sides, wants)
            used = [
                measure_largest(carried[name].want, part.got[name], part.truths[name])
                for name in names
                if name in carried
            ]
            if used and max(used) <= 1.0:
                fits.append(Tried(change, max(used)))
        if fits:
            break
    return ExplainedLayer(reference, port, fits)
