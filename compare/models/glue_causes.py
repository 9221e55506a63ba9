"""Why a layer is given another input: what the port does between two layers.

The reference is run with another output of one of its steps between these layers; if the layer is
then given what the port's was given, that is a cause.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from ..functions.spread import Budgeted
from ..judging.cause import Cause
from .attention_causes import explain_attention
from .compare_models import END, ModelComparison
from .judge import measure_guess, measure_largest
from .layout import Layout
from .records import ModelRun, StepRecord
from .source_causes import Wrong, find_source
from .step_changes import (
    StepChange,
    list_repeated_changes,
    list_step_changes,
    make_batches,
    take_turns,
)
from .step_pair import StepPair, list_forced, name_step
from .two_sides import TwoSides

MAX_CHANGES = 400  # tried of one input
NEAR = 1e-6  # of the largest value: what is the same array in another order
MAX_CALLS = 8  # of one line of the code, changed at once
MAX_NAMED = 5  # steps of the port named


def explain_input(
    sides: TwoSides, found: ModelComparison, pair: StepPair | None, deadline: float
) -> Cause | None:
    """Return what the port does before a layer, as far as its input shows; None if unknown.

    pair: the layer's calls, None for what the model makes of its last layers. deadline: of
    `time.monotonic`, after which nothing else is tried.
    """
    wrong = collect_wrong(found, pair) if pair is not None else collect_wrong_outputs(found)
    if not wrong:
        return None
    every = [*wrong, *list_right(found, pair, {place for place, *_ in wrong})]
    cause = find_factor(wrong) or find_exchange(wrong)
    if cause is None and pair is not None:
        cause = explain_attention(found, pair, wrong, deadline)
    if cause is not None:
        return cause
    fits: list[tuple[StepChange, float]] = []
    for changes in make_batches(list_changes_before(found, pair), MAX_CHANGES, deadline):
        told = sides.reference.ask(
            "try_outputs",
            step=pair.reference_first.key if pair is not None else "",
            outputs=[one.outputs for one in changes],
            inputs=found.inputs,
            options=sides.record("reference") | {"force": list_forced(found.pairs)},
        )
        for change, arrays in zip(changes, told, strict=True):
            used = max(measure_guess(arrays[place], got, budget) for place, budget, got in every)
            fits += [(change, used)] if used <= 1.0 else []
        if fits:
            break
    if not fits:
        return find_source(found, wrong)
    (best, used), *others = fits
    also = [change.text for change, _ in others if change.id != best.id]
    return {"id": best.id, "name": best.text, "budget_used": used, "also": also[:2]}


def collect_wrong(found: ModelComparison, pair: StepPair) -> list[Wrong]:
    """Return the inputs of a layer that are wrong."""
    assert found.forced is not None
    names, mine = pair.reference_first.inputs, pair.port_first.inputs
    arrays, inputs = found.forced.arrays, pair.inputs
    given = [(a, found.budgets[names[a]], arrays[mine[b]], layout) for a, b, layout in inputs]
    return list(keep_wrong(given))


def collect_wrong_outputs(found: ModelComparison) -> list[Wrong]:
    """Return the outputs of the model that are wrong where all layers' are right."""
    assert found.free is not None
    assert found.forced is not None
    places = {name: place for place, name in enumerate(found.free.outputs)}
    outputs = found.forced.outputs
    given = [
        (places[a], found.budgets[f"{END}:{a}"], outputs[b], layout) for a, b, layout in found.end
    ]
    return list(keep_wrong(given))


def list_right(found: ModelComparison, pair: StepPair | None, wrong: set[int]) -> list[Wrong]:
    """Return what a layer, or the model's end, is given rightly: no cause may change it.

    As what is wrong, with the reference's own in the port's place. wrong: the places of that.
    """
    assert found.free is not None
    if pair is not None:
        names = pair.reference_first.inputs
        budgets = [(a, found.budgets[names[a]]) for a, *_ in pair.inputs]
    else:
        places = {name: place for place, name in enumerate(found.free.outputs)}
        budgets = [(places[a], found.budgets[f"{END}:{a}"]) for a, *_ in found.end]
    return [(place, budget, budget.want) for place, budget in budgets if place not in wrong]


def keep_wrong(given: Sequence[tuple[int, Budgeted, np.ndarray, Layout]]) -> Iterator[Wrong]:
    """Yield what is beyond its budget, in the reference's layout."""
    for place, budget, got, layout in given:
        if got.size == budget.want.size:
            here = layout.invert(got, budget.want.shape)
            if measure_largest(budget.want, here, budget) > 1.0:
                yield place, budget, here


def find_factor(wrong: Sequence[Wrong]) -> Cause | None:
    """Return a number by which every wrong input is a multiple of the right one, as a cause."""
    _, budget, got = wrong[0]
    square = float(np.sum(budget.want**2))
    if len(wrong) > 1 or not square or not np.all(np.isfinite(got)):
        return None
    factor = float(np.sum(budget.want * got)) / square
    used = measure_largest(factor * budget.want, got, budget)
    if used > 1.0 or not factor:
        return None
    return {"id": "factor", "name": f"it is {factor:.8g} times what it should be", "also": []}


def find_exchange(wrong: Sequence[Wrong]) -> Cause | None:
    """Return that two of several are in each other's place, as a cause."""
    if len(wrong) != 2:
        return None
    (first, budget, got), (second, other_budget, other) = wrong
    if budget.want.shape != other_budget.want.shape:
        return None
    used = max(
        measure_largest(budget.want, other, budget),
        measure_largest(other_budget.want, got, other_budget),
    )
    if used > 1.0:
        return None
    name = f"numbers {first} and {second} are in each other's place"
    return {"id": "exchanged", "name": name, "budget_used": used, "also": []}


def list_changes_before(found: ModelComparison, pair: StepPair | None) -> Iterator[StepChange]:
    """Yield the changes of the steps before a layer, the nearest first."""
    assert found.free is not None
    paired = {one.reference.key for one in found.pairs}
    before = list_steps_before(found, pair)
    other = before[0].outputs if before and before[0].key in paired else ()
    arrays = found.free.arrays
    yield from take_turns(
        list_step_changes(step, arrays, step.key in paired, other) for step in reversed(before)
    )
    for steps in list_repeated(found, before):
        yield from list_repeated_changes(steps, arrays)


def list_repeated(
    found: ModelComparison, before: Sequence[StepRecord]
) -> Iterator[list[StepRecord]]:
    """Yield the calls of a line of the code that is called before too, those of the last first."""
    assert found.free is not None
    steps = found.free.steps
    behind = steps.index(before[-1]) + 1 if before else 0
    for step in reversed(before):
        alike = (step.operation, step.where)
        calls = [s for s in steps[:behind] if (s.operation, s.where) == alike]
        if not step.layer and step.where and 1 < len(calls) <= MAX_CALLS and step == calls[-1]:
            yield calls


def list_steps_before(found: ModelComparison, pair: StepPair | None) -> list[StepRecord]:
    """Return the reference's steps from the paired ones that it is made of to this one."""
    assert found.free is not None
    steps = found.free.steps
    place = len(steps)
    if pair is not None:
        place = next(n for n, s in enumerate(steps) if s.key == pair.reference_first.key)
    paired = {one.reference.key for one in found.pairs}
    last = max((n for n in range(place) if steps[n].key in paired), default=0)
    return list(steps[last:place])


def describe_input(found: ModelComparison, pair: StepPair | None) -> list[str]:
    """Return how far both sides agree before a layer, by the values that both have."""
    assert found.free is not None
    assert found.forced is not None
    before = list_steps_before(found, pair)
    theirs = [step for step in before if not step.layer]
    mine = list_port_steps(found, pair)
    values = [found.forced.arrays[name] for step in mine for name in step.outputs]
    parted = next((s for s in theirs if not has_values(found.free, s, values)), None)
    told = []
    if parted is not None:
        where = f" ({parted.where})" if parted.where else ""
        told.append(f"the reference's {name_step(parted)}{where} gives what the port never has")
    if mine:
        names = ", ".join(name_step(step) for step in mine[:MAX_NAMED])
        where = next((f" (from {step.where})" for step in mine if step.where), "")
        told.append(f"the port does before it: {names}{where}")
    return told


def list_port_steps(found: ModelComparison, pair: StepPair | None) -> list[StepRecord]:
    """Return the port's functions between the paired call before this one and this one."""
    assert found.forced is not None
    steps = found.forced.steps
    place = len(steps)
    if pair is not None:
        place = next(n for n, s in enumerate(steps) if s.key == pair.port_first.key)
    paired = {one.port.key for one in found.pairs}
    last = max((n for n in range(place) if steps[n].key in paired), default=-1)
    return [step for step in steps[last + 1 : place] if not step.layer]


def has_values(run: ModelRun, step: StepRecord, values: Sequence[np.ndarray]) -> bool:
    """Whether all that a step gave is among some arrays, in whatever order of elements."""
    return all(
        any(is_same_content(run.arrays[name], value) for value in values) for name in step.outputs
    )


def is_same_content(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two arrays hold the same numbers in any order."""
    if one.size != other.size:
        return False
    first, second = np.sort(one, axis=None), np.sort(other, axis=None)
    scale = float(np.max(np.abs(first), initial=0.0))
    return bool(np.all(np.abs(first - second) <= NEAR * scale))
