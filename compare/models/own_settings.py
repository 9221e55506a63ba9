"""Layers whose settings differ on both sides: tried all at once, in a run or two."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..judging.cause import Cause
from .compare_models import ModelComparison
from .layer_causes import Tried, find_layer, list_differing, make_cause, measure_used
from .layer_kinds import LAYER_KINDS
from .pair_steps import StepPair, list_forced
from .records import LayerRecord
from .session import SessionError
from .two_sides import TwoSides

Candidates = dict[str, tuple[StepPair, LayerRecord, LayerRecord, list[dict[str, Any]]]]


def explain_by_settings(
    sides: TwoSides, found: ModelComparison, pairs: Sequence[StepPair]
) -> dict[str, Cause]:
    """Return causes by the names of pairs: the port's own settings in the reference's layers.

    Each layer is given what it was given without a change, so that one run tries one change of
    every layer, however many there are.
    """
    left = list_candidates(sides, pairs)
    causes: dict[str, Cause] = {}
    for turn in range(max((len(changes) for *_, changes in left.values()), default=0)):
        chosen = {
            name: (pair, reference, changes[turn])
            for name, (pair, reference, _, changes) in left.items()
            if name not in causes and turn < len(changes)
        }
        if not chosen:
            break
        try:
            told = try_together(sides, found, list(chosen.values()))
        except SessionError:
            break  # one of the changes does not fit its layer: each is tried by itself elsewhere
        for (name, (pair, reference, change)), outputs in zip(chosen.items(), told, strict=True):
            used = measure_used(pair, outputs, found)
            if used <= 1.0:
                causes[name] = make_cause(reference, left[name][2], [Tried(change, used)])
    return causes


def list_candidates(sides: TwoSides, pairs: Sequence[StepPair]) -> Candidates:
    """Return the pairs of single layers of one kind whose settings differ, each layer once."""
    framework = sides.records["reference"].framework
    found: Candidates = {}
    seen: set[str] = set()
    for pair in pairs:
        reference = find_layer(sides, "reference", pair.reference.layer)
        port = find_layer(sides, "port", pair.port.layer)
        if reference is None or port is None or reference.name in seen:
            continue
        if reference.kind in LAYER_KINDS and (
            changes := list_differing(reference, port, framework)
        ):
            seen.add(reference.name)
            found[pair.name] = pair, reference, port, changes
    return found


def try_together(
    sides: TwoSides,
    found: ModelComparison,
    chosen: Sequence[tuple[StepPair, LayerRecord, Mapping[str, Any]]],
) -> list[Any]:
    """Return what each pair's call in the reference gives with its change."""
    told: list[Any] = sides.reference.ask(
        "try_together",
        changes={reference.name: change for _, reference, change in chosen},
        steps=[pair.reference.key for pair, *_ in chosen],
        inputs=found.inputs,
        options=sides.record("reference") | {"force": list_forced(found.pairs)},
    )
    return told
