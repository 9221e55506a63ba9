"""Why something departs between two layers: an edit of the code there, of either model.

The reference with the edit gives what the port gave; or the port with it gives what the reference
gives, where what the reference does is a layer without code of the user's.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from ..judging.cause import Cause
from .code_search import Wanted
from .compare_models import ModelComparison
from .glue_causes import (
    collect_wrong,
    collect_wrong_outputs,
    list_port_steps,
    list_right,
    list_steps_before,
)
from .port_step_causes import list_inner_steps, list_wanted
from .records import StepRecord
from .step_pair import StepPair, list_forced, make_forces
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
    every = [*wrong, *list_right(found, pair, {place for place, *_ in wrong})] if wrong else []
    step = pair.reference_first.key if pair is not None else ""
    wanted = [(place, got, b.allowed, b.undecided) for place, b, got in every]
    places = list_places(list_steps_before(found, pair))
    return ask_edits(sides, found, "reference", (step, "in", wanted), places, deadline, only)


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
    step = (pair.port_first if part == "in" else pair.port).key
    wanted = [
        (place, b.want, b.allowed, b.undecided) for place, b in list_wanted(found, pair, part)
    ]
    places = list_places(steps)
    return ask_edits(sides, found, "port", (step, part, wanted), places, deadline, only)


def ask_edits(
    sides: TwoSides,
    found: ModelComparison,
    side: str,
    departure: tuple[str, str, Wanted],
    places: Sequence[str],
    deadline: float,
    only: Sequence[str],
) -> Cause | None:
    """Return the edit of one side's code by which a departure is gone, or the other side's.

    departure: step, part and wanted, as of `CodeSearch`.
    """
    step, part, wanted = departure
    seconds = min(CODE_SECONDS, deadline - time.monotonic())
    if not wanted or seconds <= 0:
        return None
    assert found.free is not None
    force: Mapping[str, Any] = list_forced(found.pairs)
    session, inputs = sides.reference, found.inputs
    if side == "port":
        session, inputs = sides.ports[found.dtype], sides.give_port(found.inputs)
        force = make_forces(found.pairs, found.free)
    kept = () if only else list_kept(found, side)
    fits = session.ask(
        "try_edits",
        departure={"step": step, "part": part, "wanted": wanted, "kept": kept},
        places=places,
        inputs=inputs,
        options=sides.record(side) | {"force": force},
        seconds=seconds,
        only=only,
    )
    return make_cause(fits, side)


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
