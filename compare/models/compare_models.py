"""A port's model held against the reference's, in one dtype: what is judged, part by part."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..functions.spread import Budgeted
from ..rounding.tolerances import SAME_RUN_SHARE
from .judge import LAYERS, WHOLE, Part, arrange, compare_step
from .layout import Layout
from .own_weights import compare_weights
from .pair_steps import (
    StepPair,
    list_forced,
    make_forces,
    match_arrays,
    name_step,
    pair_steps,
)
from .records import Arrays, ModelRun, StepRecord, read_run
from .session import SessionError
from .two_sides import TwoSides, round_arrays

LEARNING_RATE = 0.01
SGD_STEPS = 1
SEED = 7
STATISTICS = "running statistics"
END = "what is made of the last layer"
UPDATE = "parameters after a step of SGD"
MODES = {"eval": False, "train": True}


@dataclass
class ModelComparison:
    """All that was compared in one dtype; what a search for causes starts from.

    free: the reference's own run; port_outputs: of the port's own. pairs: calls of layers on both sides.
    budgets: of the forced run, by array. forced: the port's run on the reference's inputs to every
    layer. end: the names of outputs on both sides, with the layout between them. own_weights: where
    the port keeps its own. weights: of the outputs, in the sum that is derived and descended: for
    the reference, and for the port.
    """

    dtype: str
    inputs: list[np.ndarray] = field(default_factory=list)
    free: ModelRun | None = None
    port_outputs: Arrays = field(default_factory=dict)
    pairs: list[StepPair] = field(default_factory=list)
    budgets: Mapping[str, Budgeted] = field(default_factory=dict)
    forced: ModelRun | None = None
    end: list[tuple[str, str, Layout]] = field(default_factory=list)
    random: StepRecord | None = None  # the port's first step that draws in eval mode
    own_weights: Part | None = None
    parts: list[Part] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    weights: tuple[Arrays, Arrays] = field(default_factory=lambda: ({}, {}))


def compare_models(
    sides: TwoSides,
    found: ModelComparison,
    modes: Sequence[str] = tuple(MODES),
    gradient: bool = True,
) -> None:
    """Find what there is to judge. Raises SessionError if the reference cannot be run.

    found: as it was begun. modes: of MODES; layers are compared in eval mode. gradient: whether
    gradients are compared.
    """
    if sides.keep:
        found.own_weights = compare_weights(sides, found.dtype)
        found.parts.append(found.own_weights)
    compare_layers(sides, found, judged="eval" in modes)
    for mode in modes:
        try:
            found.parts += compare_whole(sides, found, mode, gradient)
        except SessionError as error:
            name = name_whole("output", mode)
            found.parts.append(Part(name, WHOLE, mode, problem=str(error)))


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
    found.random = find_random_step(loose, read_run(port.ask("run", inputs=given, options=mine)))
    found.free = read_run(sides.reference.receive())
    records = sides.records["reference"], sides.records["port"]
    found.pairs = pair_steps(sides.pairing.layer_pairs, records, found.free, loose)
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


def compare_layers(sides: TwoSides, found: ModelComparison, judged: bool) -> None:
    """Compare what each layer is given and gives, with the reference's inputs to it.

    judged: whether this is; else the layers are only paired.
    """
    if found.forced is None:
        run_forced(sides, found)
    if not judged:
        return
    options = sides.record("reference") | {"force": list_forced(found.pairs)}
    told = sides.reference.ask("measure", inputs=found.inputs, options=options, dtype=found.dtype)
    assert found.forced is not None
    budgets = told["budgets"]
    found.budgets = {name: Budgeted(**one) for name, one in budgets["arrays"].items()}
    for pair in found.pairs:
        found.parts += compare_step(pair, found.budgets, found.forced.arrays)
    found.parts += compare_end(found, budgets["outputs"])
    if found.random is not None:
        where = f" ({found.random.where})" if found.random.where else ""
        told = (
            f"the port's {name_step(found.random)}{where} draws random numbers in eval mode: called"
            " again on the same input it gives another output, as dropout that is left on does"
        )
        own = [found.own_weights] if found.own_weights else []
        found.parts = [
            *own,
            Part(f"{name_step(found.random)} in eval mode", LAYERS, "eval", problem=told),
        ]


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


def make_weights(outputs: Mapping[str, np.ndarray]) -> Arrays:
    """Return a weight for each element of each output of fractions: of a sum near 1 in size."""
    rng = np.random.default_rng(SEED)
    found: Arrays = {}
    for name, value in outputs.items():
        if value.dtype.kind == "f":
            signs = rng.choice([-1.0, 1.0], value.shape)
            found[name] = rng.uniform(0.5, 1.5, value.shape) * signs / max(value.size, 1) ** 0.5
    return found


def name_whole(what: str, mode: str) -> str:
    """Return what a part of the whole is called.

    >>> name_whole("output", "train")
    'output in training mode'
    """
    return what if mode == "eval" else f"{what} in training mode"


def compare_whole(sides: TwoSides, found: ModelComparison, mode: str, gradient: bool) -> list[Part]:
    """Return the outputs, gradients, statistics and the first update of the whole model."""
    assert found.free is not None
    port, given = sides.ports[found.dtype], sides.give_port(found.inputs)
    train = MODES[mode]
    plain = found.port_outputs
    if train:
        plain = read_run(port.ask("run", inputs=given, options={"train": train})).outputs
    pairs = pair_outputs(found.free.outputs, plain)
    if not pairs:
        shapes = [
            ", ".join(f"{n} {a.shape}" for n, a in outputs.items())
            for outputs in (plain, found.free.outputs)
        ]
        told = f"gives {shapes[0]} where the reference gives {shapes[1]}"
        return [Part(name_whole("output", mode), WHOLE, mode, problem=told)]
    if extra := [name for name in plain if name not in {m for _, m, _ in pairs}]:
        shapes = [f"{name} {plain[name].shape}" for name in extra]
        note = f"outputs that the port alone gives are not compared: {', '.join(shapes)}"
        found.notes += [note] * (note not in found.notes)
    weights = round_arrays(make_weights(found.free.outputs), found.dtype)
    mine = {m: layout.apply(weights[t]) for t, m, layout in pairs if t in weights}
    theirs = {t: weights[t] for t, _, _ in pairs if t in weights}
    found.weights = theirs, mine
    shared: dict[str, Any] = {"train": train}
    if train and gradient and sides.have_trainable:
        shared |= {"steps": SGD_STEPS, "learning_rate": LEARNING_RATE}
    asked = [shared | ({"gradients": one} if gradient else {}) for one in (theirs, mine)]
    sides.reference.send("measure", inputs=found.inputs, options=asked[0], dtype=found.dtype)
    try:
        run = read_run(port.ask("run", inputs=given, options=asked[1]))
    finally:
        budgets = sides.reference.receive()["budgets"]
    if train:  # what is drawn in eval mode is found layer by layer
        refuse_random_port(plain, run.outputs)
    wants = {n: Budgeted(**one) for n, one in budgets["outputs"].items()}
    truths = {m: arrange(wants[t], layout.apply) for t, m, layout in pairs}
    lacking = wants.keys() - {t for t, _, _ in pairs}  # nothing of the port is compared with them
    truths |= {f"{t} of the reference": wants[t] for t in wants if t in lacking}
    got = {m: run.outputs[m] for _, m, _ in pairs}
    parts = [Part(name_whole("output", mode), WHOLE, mode, truths, got)]
    if gradient:
        parts += compare_gradients(sides, budgets["gradients"], run, mode)
    if train:
        parts += compare_after(sides, budgets["after"], run)
    return parts


def refuse_random_port(first: Arrays, second: Arrays) -> None:
    """Raise SessionError if two runs of the port differ by more than another order of its sums."""
    for name, one in first.items():
        with np.errstate(all="ignore"):
            far = np.nanmax(np.abs(one - second[name]), initial=0.0)
        if far > SAME_RUN_SHARE * np.nanmax(np.abs(one), initial=0.0):
            raise SessionError(
                f"called again on the same inputs, the port gives another {name}: it draws random "
                "numbers; let it draw none in this mode, or hand over what it draws as an input"
            )


def compare_gradients(
    sides: TwoSides, budgets: Mapping[str, Any], run: ModelRun, mode: str
) -> list[Part]:
    """Return the gradients by inputs and by tensors as parts."""
    wants = {n: Budgeted(**one) for n, one in budgets.items()}
    truths, got = {}, {}
    for number, layout in enumerate(sides.layouts):
        name = f"input {number}"
        if name in wants and name in run.gradients:
            truths[name], got[name] = arrange(wants[name], layout.apply), run.gradients[name]
    tensors = carry_budgets(sides, {n: b for n, b in wants.items() if not n.startswith("input ")})
    for name, one in tensors.items():
        if name in run.gradients:
            truths[name], got[name] = one, run.gradients[name]
    return [Part(name_whole("gradients", mode), WHOLE, mode, truths, got)] if truths else []


def compare_after(sides: TwoSides, budgets: Mapping[str, Any], run: ModelRun) -> list[Part]:
    """Return the tensors behind a training pass: running statistics, and the update."""
    wants = carry_budgets(sides, {n: Budgeted(**one) for n, one in budgets.items()})
    trainable = {record.name for record in sides.records["port"].tensors if record.trainable}
    parts = []
    there = [n for n in wants if n in run.after]
    for name, chosen in (
        (STATISTICS, [n for n in there if n not in trainable]),
        (UPDATE, [n for n in there if n in trainable]),
    ):
        if chosen:
            truths = {n: wants[n] for n in chosen}
            parts.append(Part(name, WHOLE, "train", truths, {n: run.after[n] for n in chosen}))
    return parts


def carry_budgets(sides: TwoSides, budgets: Mapping[str, Budgeted]) -> dict[str, Budgeted]:
    """Return budgets of the reference's tensors as the port's, in its layout.

    Those that are sums of several, as of torch's two biases of an LSTM, are left out: what is
    derived by each is no derivative by the sum.
    """
    carried = {
        part: sides.carry({n: np.asarray(getattr(b, part), float) for n, b in budgets.items()})
        for part in ("want", "allowed", "undecided")
    }
    return {
        name: Budgeted(
            carried["want"][name], carried["allowed"][name], carried["undecided"][name] > 0
        )
        for name, names in sides.relaid.items()
        if all(one in budgets for one in names)
    }
