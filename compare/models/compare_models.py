"""A port's model held against the reference's, in one dtype: what is judged, part by part."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..functions.spread import Budgeted
from .judge import LAYERS, Part, arrange, compare_step
from .layout import Layout
from .pair_steps import describe_resized, pair_steps
from .records import Arrays, ModelRun, StepRecord, read_run
from .step_pair import StepPair, list_forced, make_forces, match_arrays, name_step
from .two_sides import TwoSides, round_arrays

MAX_RESIZED = 3  # layers named that give other sizes than their partners
END = "what is made of the last layer"


@dataclass
class ModelComparison:
    """All that was compared in one dtype; what a search for causes starts from.

    free: the reference's own run; port_outputs: of the port's own; outputs: which of them are the
    same, with the layout between them. pairs: calls of layers on both sides. budgets: of the forced
    run, by array. forced: the port's run on the reference's inputs to every layer. end: as outputs,
    of that run. own_weights: where the port keeps its own. parts: what is still needed of what was
    judged. weights: of the outputs, in the sum that is derived and descended: for the reference,
    and for the port.
    """

    dtype: str
    inputs: list[np.ndarray] = field(default_factory=list)
    free: ModelRun | None = None
    port_outputs: Arrays = field(default_factory=dict)
    outputs: list[tuple[str, str, Layout]] = field(default_factory=list)
    pairs: list[StepPair] = field(default_factory=list)
    budgets: Mapping[str, Budgeted] = field(default_factory=dict)
    forced: ModelRun | None = None
    end: list[tuple[str, str, Layout]] = field(default_factory=list)
    random: StepRecord | None = None  # the port's first step that draws in eval mode
    own_weights: Part | None = None
    parts: list[Part] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    weights: tuple[Arrays, Arrays] = field(default_factory=lambda: ({}, {}))


def begin_comparison(sides: TwoSides, dtype: str) -> ModelComparison:
    """Give both sides what they are compared with in a dtype: their tensors and inputs."""
    sides.write(dtype)
    inputs = round_arrays(dict(enumerate_inputs(sides.inputs)), dtype)
    return ModelComparison(dtype, list(inputs.values()))


def enumerate_inputs(inputs: Sequence[np.ndarray]) -> list[tuple[str, np.ndarray]]:
    """Return inputs by name."""
    return [(f"input {number}", array) for number, array in enumerate(inputs)]


def run_forced(sides: TwoSides, found: ModelComparison) -> None:
    """Run both freely, then the port with each layer given what the reference's was given."""
    assert sides.pairing is not None
    port, mine = sides.ports[found.dtype], sides.record("port")
    given = sides.give_port(found.inputs)
    sides.reference.send("run", inputs=found.inputs, options=sides.record("reference"))
    loose = read_run(port.ask("run", inputs=given, options=mine))
    again = read_run(port.ask("run", inputs=given, options={}))
    if any(
        not np.array_equal(one, again.outputs[name], equal_nan=True)
        for name, one in loose.outputs.items()
    ):
        again = read_run(port.ask("run", inputs=given, options=mine))
        found.random = find_random_step(loose, again)
    found.free = read_run(sides.reference.receive())
    records = sides.records["reference"], sides.records["port"]
    named = sides.pairing.layer_pairs
    found.pairs = pair_steps(named, records, found.free, loose, sides.layouts)
    if resized := describe_resized(named, found.free, loose):
        found.notes.append(f"not compared by themselves: {'; '.join(resized[:MAX_RESIZED])}")
    forces = mine | {"force": make_forces(found.pairs, found.free)}
    found.forced = read_run(port.ask("run", inputs=given, options=forces))
    found.port_outputs = loose.outputs


def find_random_step(one: ModelRun, other: ModelRun) -> StepRecord | None:
    """Return the first step that gives another output in a second run, on the same inputs."""
    for step in one.steps:
        for name in step.outputs:
            again = other.arrays.get(name)
            if again is None or not np.array_equal(one.arrays[name], again, equal_nan=True):
                return step
    return None


def ask_layers(sides: TwoSides, found: ModelComparison) -> None:
    """Ask the reference for the budgets of its layers, which `compare_layers` receives."""
    options = sides.record("reference") | {"force": list_forced(found.pairs)}
    sides.reference.send("measure", inputs=found.inputs, options=options, dtype=found.dtype)


def compare_layers(sides: TwoSides, found: ModelComparison) -> list[Part]:
    """Compare what each layer is given and gives, with the reference's inputs to it."""
    budgets = sides.reference.receive()
    if found.random is not None:
        where = f" ({found.random.where})" if found.random.where else ""
        name = name_step(found.random)
        told = (
            f"the port's {name}{where} draws random numbers in eval mode: called again on the same "
            "input it gives another output, as dropout that is left on does"
        )
        return [Part(f"{name} in eval mode", LAYERS, "eval", problem=told)]
    assert found.forced is not None
    found.budgets = {name: Budgeted(**one) for name, one in budgets["arrays"].items()}
    parts = []
    for pair in found.pairs:
        parts += compare_step(pair, found.budgets, found.forced.arrays)
    return parts + compare_end(found, budgets["outputs"])


def compare_end(found: ModelComparison, budgets: Mapping[str, Any]) -> list[Part]:
    """Return what is made of the last layers' outputs, where these are right."""
    assert found.forced is not None
    if not found.pairs:
        return []
    wants = {name: Budgeted(**one) for name, one in budgets.items()}
    pairs = pair_outputs({n: b.want for n, b in wants.items()}, found.forced.outputs)
    truths = {mine: arrange(wants[theirs], layout.apply) for theirs, mine, layout in pairs}
    got = {mine: found.forced.outputs[mine] for _, mine, _ in pairs}
    found.end = [(t, m, layout) for t, m, layout in pairs]
    found.budgets = {**found.budgets, **{f"{END}:{name}": one for name, one in wants.items()}}
    return [Part(END, LAYERS, "eval", truths, got)]


def pair_outputs(theirs: Arrays, mine: Arrays) -> list[tuple[str, str, Layout]]:
    """Return the names of outputs that are the same, with the layout between them."""
    places = match_arrays(list(theirs.values()), list(mine.values()), Counter())
    return [(list(theirs)[a], list(mine)[b], layout) for a, b, layout in places]
