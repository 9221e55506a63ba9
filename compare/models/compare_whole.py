"""What two models give as a whole: outputs, gradients, statistics, a step of SGD."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..functions.spread import Budgeted, allow
from ..rounding.noise import get_unit
from ..rounding.tolerances import SAME_RUN_SHARE, SPREAD_FACTOR
from .compare_models import ModelComparison, pair_outputs
from .judge import WHOLE, Part, arrange
from .layout import Layout
from .records import Arrays, ModelRun, read_run
from .session import SessionError
from .two_sides import TwoSides, round_arrays

LEARNING_RATE = 0.01
SGD_STEPS = 1
SEED = 7
STATISTICS = "running statistics"
UPDATE = "parameters after a step of SGD"
MODES = {"eval": False, "train": True}


@dataclass(frozen=True)
class AskedMode:
    """What both sides have been asked in a mode, and do not have to be waited for yet.

    outputs: the names that are the same on both sides, with the layout between them. plain: what
    the port's run before gave. gradient: whether gradients are compared.
    """

    mode: str
    outputs: Sequence[tuple[str, str, Layout]]
    plain: Arrays
    gradient: bool


def compare_modes(
    sides: TwoSides, found: ModelComparison, modes: Sequence[str], gradient: bool
) -> Iterator[list[Part]]:
    """Yield what there is to judge of the whole, mode by mode; what cannot run is a part too.

    Both sides run in the next mode while what they gave in one is judged.
    """
    asked = begin_mode(sides, found, modes[0], gradient)
    for mode, following in zip(modes, [*modes[1:], None], strict=True):
        problem, given = (asked, None) if isinstance(asked, str) else ("", asked)
        if given is not None:
            try:
                budgets, run = receive_mode(sides, found, given)
            except SessionError as error:
                problem = str(error)
        if following is not None:
            asked = begin_mode(sides, found, following, gradient)
        if problem or given is None:
            yield [Part(name_whole("output", mode), WHOLE, mode, problem=problem)]
        else:
            yield list_parts(sides, found, given, budgets, run)


def begin_mode(
    sides: TwoSides, found: ModelComparison, mode: str, gradient: bool
) -> AskedMode | str:
    """Ask both sides to run in a mode; return what was asked, or why that cannot be."""
    assert found.free is not None
    port, given = sides.ports[found.dtype], sides.give_port(found.inputs)
    train, plain = MODES[mode], found.port_outputs
    try:
        if train:
            plain = read_run(port.ask("run", inputs=given, options={"train": train})).outputs
    except SessionError as error:
        return str(error)
    pairs = pair_outputs(found.free.outputs, plain)
    if not pairs:
        shapes = [
            ", ".join(f"{n} {a.shape}" for n, a in outputs.items())
            for outputs in (plain, found.free.outputs)
        ]
        return f"gives {shapes[0]} where the reference gives {shapes[1]}"
    if extra := [name for name in plain if name not in {m for _, m, _ in pairs}]:
        shapes = [f"{name} {plain[name].shape}" for name in extra]
        note = f"outputs that the port alone gives are not compared: {', '.join(shapes)}"
        found.notes += [note] * (note not in found.notes)
    weights = round_arrays(make_weights(found.free.outputs), found.dtype)
    mine = {m: layout.apply(weights[t]) for t, m, layout in pairs if t in weights}
    theirs = {t: weights[t] for t, _, _ in pairs if t in weights}
    found.weights = theirs, mine
    asked: list[dict[str, Any]] = [
        {"train": train} | ({"gradients": one} if gradient else {}) for one in (theirs, mine)
    ]
    if train and gradient and sides.have_trainable:
        asked[1] |= {"steps": SGD_STEPS, "learning_rate": LEARNING_RATE}
    sides.reference.send("measure", inputs=found.inputs, options=asked[0], dtype=found.dtype)
    port.send("run", inputs=given, options=asked[1])
    return AskedMode(mode, pairs, plain, gradient)


def receive_mode(
    sides: TwoSides, found: ModelComparison, asked: AskedMode
) -> tuple[Mapping[str, Any], ModelRun]:
    """Return the reference's budgets and the port's run. Raises SessionError, none left waiting."""
    try:
        run = read_run(sides.ports[found.dtype].receive())
    finally:
        budgets = sides.reference.receive()
    if MODES[asked.mode]:  # what is drawn in eval mode is found layer by layer
        refuse_random_port(asked.plain, run.outputs)
    return budgets, run


def list_parts(
    sides: TwoSides,
    found: ModelComparison,
    asked: AskedMode,
    budgets: Mapping[str, Any],
    run: ModelRun,
) -> list[Part]:
    """Return the outputs, gradients, statistics and the first update of the whole model."""
    mode, wants = asked.mode, read_budgets(budgets["outputs"])
    truths = {m: arrange(wants[t], layout.apply) for t, m, layout in asked.outputs}
    lacking = wants.keys() - {t for t, _, _ in asked.outputs}  # the port has nothing to compare
    truths |= {f"{t} of the reference": wants[t] for t in wants if t in lacking}
    got = {m: run.outputs[m] for _, m, _ in asked.outputs}
    parts = [Part(name_whole("output", mode), WHOLE, mode, truths, got)]
    gradients = read_budgets(budgets["gradients"])
    tensors = carry_budgets(sides, gradients)
    if asked.gradient:
        parts += compare_gradients(sides, gradients, tensors, run, mode)
    if MODES[mode]:
        after = carry_budgets(sides, read_budgets(budgets["after"]))
        parts += compare_after(sides, found.dtype, after, tensors, run)
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


def read_budgets(told: Mapping[str, Any]) -> dict[str, Budgeted]:
    """Return budgets as a process tells them."""
    return {name: Budgeted(**one) for name, one in told.items()}


def compare_gradients(
    sides: TwoSides,
    budgets: Mapping[str, Budgeted],
    tensors: Mapping[str, Budgeted],
    run: ModelRun,
    mode: str,
) -> list[Part]:
    """Return the gradients by inputs and by tensors as parts. tensors: budgets of the port's."""
    wants = dict(tensors)
    for number, layout in enumerate(sides.layouts):
        if (name := f"input {number}") in budgets:
            wants[name] = arrange(budgets[name], layout.apply)
    truths = {name: one for name, one in wants.items() if name in run.gradients}
    got = {name: run.gradients[name] for name in truths}
    return [Part(name_whole("gradients", mode), WHOLE, mode, truths, got)] if truths else []


def compare_after(
    sides: TwoSides,
    dtype: str,
    after: Mapping[str, Budgeted],
    gradients: Mapping[str, Budgeted],
    run: ModelRun,
) -> list[Part]:
    """Return the tensors behind a training pass: running statistics, and the update.

    after, gradients: budgets of the port's tensors.
    """
    before = sides.carry(round_arrays(sides.values, dtype))
    trainable = {record.name for record in sides.records["port"].tensors if record.trainable}
    statistics = {name: one for name, one in after.items() if name not in trainable}
    still = {name: hold_still(before[name]) for name in list_frozen(sides) if name in trainable}
    update = {
        name: step_down(before[name], one, dtype)
        for name, one in (still | dict(gradients)).items()
        if name in run.after
    }
    return [
        Part(name, WHOLE, "train", truths, {n: run.after.get(n, before[n]) for n in truths})
        for name, truths in ((STATISTICS, statistics), (UPDATE, update))
        if truths
    ]


def list_frozen(sides: TwoSides) -> list[str]:
    """Return the port's tensors that are made of such of the reference's as are not trained."""
    frozen = {record.name for record in sides.records["reference"].tensors if not record.trainable}
    return [name for name, names in sides.relaid.items() if frozen.issuperset(names)]


def hold_still(tensor: np.ndarray) -> Budgeted:
    """Return a gradient of 0."""
    nothing = np.zeros(tensor.shape)
    return Budgeted(nothing, nothing, nothing > 0)


def step_down(before: np.ndarray, gradient: Budgeted, dtype: str) -> Budgeted:
    """Return a tensor behind a step of SGD, by the budget of its gradient."""
    want = before - LEARNING_RATE * gradient.want
    spread = LEARNING_RATE * gradient.allowed / SPREAD_FACTOR
    allowed, _ = allow(want, spread, dtype, get_unit("float64"))
    return Budgeted(want, allowed, gradient.undecided)


def carry_budgets(sides: TwoSides, budgets: Mapping[str, Budgeted]) -> dict[str, Budgeted]:
    """Return budgets of the reference's tensors as the port's, in its layout.

    Those that are sums of several, as of torch's two biases of an LSTM, are left out: what is
    derived by each is no derivative by the sum.
    """
    tensors = {n: b for n, b in budgets.items() if not n.startswith("input ")}
    want = sides.carry({n: np.asarray(b.want, float) for n, b in tensors.items()})
    allowed = sides.carry({n: b.allowed for n, b in tensors.items()})
    steps = {n: b.undecided.astype(float) for n, b in tensors.items()}
    some = any(step.any() for step in steps.values())
    undecided = sides.carry(steps) if some else {n: np.zeros(a.shape) for n, a in want.items()}
    return {
        name: Budgeted(want[name], allowed[name], undecided[name] > 0)
        for name, names in sides.relaid.items()
        if all(one in tensors for one in names)
    }


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
