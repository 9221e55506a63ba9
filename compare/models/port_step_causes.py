"""Which step of the port's, between two layers or in one that it writes out, is to blame.

The port is run with another output of one of its steps; if it then gives what the reference gives,
that is a cause, at a line of the user's own.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from ..functions.spread import Budgeted
from ..judging.cause import Cause
from .compare_models import ModelComparison
from .glue_causes import list_port_steps
from .judge import arrange, measure_largest
from .records import StepRecord
from .step_changes import StepChange, list_step_changes, make_batches, take_turns
from .step_pair import StepPair, make_forces
from .two_sides import TwoSides

MAX_CHANGES = 300  # tried of one departure


def explain_by_port(
    sides: TwoSides, found: ModelComparison, pair: StepPair, part: str, deadline: float
) -> Cause | None:
    """Return the change of a step of the port's after which it agrees; None if none of those tried.

    part: "in" for what a layer is given, "out" for what one gives that the port writes out.
    deadline: of `time.monotonic`, after which nothing else is tried.
    """
    steps = list_port_steps(found, pair) if part == "in" else list_inner_steps(found, pair)
    wanted = list_wanted(found, pair, part)
    if not wanted or not steps:
        return None
    assert found.free is not None
    options = sides.record("port") | {"force": make_forces(found.pairs, found.free)}
    step = (pair.port_first if part == "in" else pair.port).key
    for changes in make_batches(list_port_changes(found, steps), MAX_CHANGES, deadline):
        told = sides.ports[found.dtype].ask(
            "try_outputs",
            step=step,
            outputs=[one.outputs for one in changes],
            inputs=sides.give_port(found.inputs),
            options=options,
            part=part,
        )
        for change, arrays in zip(changes, told, strict=True):
            used = max(measure_largest(b.want, arrays[place], b) for place, b in wanted)
            if used <= 1.0:
                where = next((s.where for s in steps if s.key == change.step and s.where), "")
                line = f" ({where})" if where else ""
                return {
                    "id": change.id,
                    "name": f"the port would agree with {change.text}{line}",
                    "budget_used": used,
                    "also": [],
                }
    return None


def list_wanted(found: ModelComparison, pair: StepPair, part: str) -> list[tuple[int, Budgeted]]:
    """Return what the port's step should be given, or give, by its place."""
    names = pair.reference_first.inputs if part == "in" else pair.reference.outputs
    places = pair.inputs if part == "in" else pair.outputs
    return [(mine, arrange(found.budgets[names[a]], layout.apply)) for a, mine, layout in places]


def list_inner_steps(found: ModelComparison, pair: StepPair) -> list[StepRecord]:
    """Return the port's functions between the first and the last layer of a pair of several."""
    assert found.forced is not None
    keys = [step.key for step in found.forced.steps]
    first, last = keys.index(pair.port_first.key), keys.index(pair.port.key)
    return [step for step in found.forced.steps[first:last] if not step.layer]


def list_port_changes(found: ModelComparison, steps: Sequence[StepRecord]) -> Iterator[StepChange]:
    """Yield the changes of steps, the last ones first."""
    assert found.forced is not None
    arrays = found.forced.arrays
    turns = take_turns(list_step_changes(step, arrays, False) for step in reversed(steps))
    for change in turns:
        if np.all(np.isfinite(change.output)):
            yield change
