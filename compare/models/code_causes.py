"""Why something departs between two layers: an edit of the code there, of either model.

The reference with the edit gives what the port gave; or the port with it gives what the reference
gives, where what the reference does is a layer without code of the user's.
"""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..judging.cause import Cause
from .compare_models import END, ModelComparison
from .glue_causes import (
    collect_wrong,
    collect_wrong_outputs,
    list_port_steps,
    list_steps_before,
)
from .pair_steps import StepPair, list_forced, make_forces
from .port_step_causes import list_inner_steps, list_wanted
from .records import StepRecord
from .two_sides import TwoSides

CODE_SECONDS = 15.0  # for the edits of one side, of one departure


def explain_by_code(
    sides: TwoSides,
    found: ModelComparison,
    pair: StepPair | None,
    deadline: float,
    only: Sequence[str] = (),
) -> Cause | None:
    """Return the edit of the reference after which what comes to a layer is the port's.

    pair: None for what the model makes of its last layers. only: diffs, if others are not wanted.
    """
    wrong = collect_wrong(found, pair) if pair is not None else collect_wrong_outputs(found)
    places = list_places(list_steps_before(found, pair))
    options = sides.record("reference") | {"force": list_forced(found.pairs)}
    seconds = min(CODE_SECONDS, deadline - time.monotonic())
    if not wrong or seconds <= 0:
        return None
    fits = sides.reference.ask(
        "try_edits",
        places=places,
        step=pair.reference_first.key if pair is not None else "",
        part="in",
        wanted=[
            *((place, got, b.allowed, b.undecided) for place, b, got in wrong),
            *list_right(found, pair, {place for place, *_ in wrong}),
        ],
        inputs=found.inputs,
        options=options,
        seconds=seconds,
        only=only,
        kept=() if only else list_kept(found, "reference"),
    )
    return make_cause(fits, "reference")


def mend_by_code(
    sides: TwoSides,
    found: ModelComparison,
    pair: StepPair,
    part: str,
    deadline: float,
    only: Sequence[str] = (),
) -> Cause | None:
    """Return the edit of the port after which it agrees.

    part: "in" for what a layer is given, "out" for what one gives that the port writes out.
    """
    steps = list_port_steps(found, pair) if part == "in" else list_inner_steps(found, pair)
    places, wanted = list_places(steps), list_wanted(found, pair, part)
    seconds = min(CODE_SECONDS, deadline - time.monotonic())
    if not wanted or seconds <= 0:
        return None
    assert found.free is not None
    fits = sides.ports[found.dtype].ask(
        "try_edits",
        places=places,
        step=(pair.port_first if part == "in" else pair.port).key,
        part=part,
        wanted=[(place, b.want, b.allowed, b.undecided) for place, b in wanted],
        inputs=sides.give_port(found.inputs),
        options=sides.record("port") | {"force": make_forces(found.pairs, found.free)},
        seconds=seconds,
        only=only,
        kept=() if only else list_kept(found, "port"),
    )
    return make_cause(fits, "port")


def explain_alike(
    sides: TwoSides,
    found: ModelComparison,
    pair: StepPair | None,
    part: str,
    causes: Sequence[Cause],
    deadline: float,
) -> Cause | None:
    """Return the edit among causes found before that explains this departure too.

    One line of the code is called for each of several blocks, or steps of a sequence.
    """
    diffs: dict[str, list[str]] = {"reference": [], "port": []}
    for cause in causes:
        if cause.get("diff"):
            diffs[cause["edited"]].append(cause["diff"])
    told = None
    if diffs["reference"] and part == "in":
        told = explain_by_code(sides, found, pair, deadline, diffs["reference"])
    if told is None and diffs["port"] and pair is not None:
        told = mend_by_code(sides, found, pair, part, deadline, diffs["port"])
    return told


def list_right(
    found: ModelComparison, pair: StepPair | None, wrong: set[int]
) -> list[tuple[int, np.ndarray, np.ndarray, np.ndarray]]:
    """Return what the port's layer, or its end, is given rightly: an edit must leave it alone."""
    assert found.free is not None
    if pair is not None:
        names = pair.reference_first.inputs
        budgets = [(a, found.budgets[names[a]]) for a, *_ in pair.inputs]
    else:
        places = {name: place for place, name in enumerate(found.free.outputs)}
        budgets = [(places[a], found.budgets[f"{END}:{a}"]) for a, *_ in found.end]
    return [(p, b.want, b.allowed, b.undecided) for p, b in budgets if p not in wrong]


def list_kept(found: ModelComparison, side: str) -> list[str]:
    """Return the keys of one side's steps that both models give the same to."""
    failed = {part.component for part in found.parts}
    right = [pair for pair in found.pairs if pair.input_name not in failed]
    return [(p.reference_first if side == "reference" else p.port_first).key for p in right]


def list_places(steps: Sequence[StepRecord]) -> list[str]:
    """Return the lines of the code that some steps stand in, the last ones first."""
    return list(dict.fromkeys(step.where for step in reversed(steps) if step.where))


def make_cause(fits: Sequence[dict[str, Any]], side: str) -> Cause | None:
    """Return edits that fit as a cause. side: whose code they change."""
    if not fits:
        return None
    first, *others = fits
    return {
        "id": "edit",
        "name": first["what"],
        "diff": first["diff"],
        "budget_used": first["used"],
        "also": [one["diff"] for one in others],
        "edited": side,
    }
