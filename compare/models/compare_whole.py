"""What two models give as a whole: outputs, gradients, statistics, a step of SGD."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..functions.spread import Budgeted, allow
from ..rounding.noise import get_unit
from ..rounding.tolerances import SAME_RUN_SHARE, SPREAD_FACTOR
from .budget import describe_random
from .compare_models import ModelComparison, pair_outputs
from .judge import WHOLE, Part, arrange
from .records import Arrays, ModelRun, read_run
from .session import SessionError, UnreadableAnswerError
from .two_sides import TwoSides, round_arrays

LEARNING_RATE = 0.01
SGD_STEPS = 1
SEED = 7
STATISTICS = "running statistics"
UPDATE = "parameters after a step of SGD"
# what TensorFlow and torch say of operations that they have no derivatives of
NO_DERIVATIVES = (
    r"Gradients for .* are not supported",
    r"[Gg]radient registry has no entry",
    r"[Nn]o gradient defined for operation",
    r"derivative for .* is not implemented",
)
MODES = {"eval": False, "train": True}


def ask_modes(
    sides: TwoSides, found: ModelComparison, modes: Sequence[str], gradient: bool
) -> None:
    """Ask the reference for its budgets in each mode, which `compare_mode` receives.

    Which outputs are the same on both sides, and their weights in the sum that is derived, is
    settled here.
    """
    assert found.free is not None
    port = found.port_outputs
    found.outputs = pair_outputs(found.free.outputs, port)
    if extra := [name for name in port if name not in {m for _, m, _ in found.outputs}]:
        shapes = [f"{name} {port[name].shape}" for name in extra]
        note = f"outputs that the port alone gives are not compared: {', '.join(shapes)}"
        found.notes += [note] * (note not in found.notes)
    weights = round_arrays(make_weights(found.free.outputs), found.dtype)
    mine = {m: layout.apply(weights[t]) for t, m, layout in found.outputs if t in weights}
    found.weights = {t: weights[t] for t, _, _ in found.outputs if t in weights}, mine
    for mode in modes if found.outputs else ():
        options = {"train": MODES[mode]} | ({"gradients": found.weights[0]} if gradient else {})
        sides.reference.send("measure", inputs=found.inputs, options=options, dtype=found.dtype)


def compare_mode(sides: TwoSides, found: ModelComparison, mode: str, gradient: bool) -> list[Part]:
    """Return what there is to judge of the whole in a mode; what cannot run is a part too."""
    assert found.free is not None
    if not found.outputs:
        shapes = [
            ", ".join(f"{n} {a.shape}" for n, a in outputs.items())
            for outputs in (found.port_outputs, found.free.outputs)
        ]
        problem = f"gives {shapes[0]} where the reference gives {shapes[1]}"
        return [Part(name_whole("output", mode), WHOLE, mode, problem=problem)]
    problem = hindrance = limit = ""
    try:
        run, limit = run_port_as_can_be(sides, found, mode, gradient)
    except UnreadableAnswerError as error:
        hindrance = str(error)
    except SessionError as error:
        problem = str(error)
    try:
        budgets = sides.reference.receive()
    except SessionError as error:
        hindrance = str(error)
        hindrance += "; --no-gradient compares without" * (gradient and is_limit(hindrance))
    if problem or hindrance:
        name = name_whole("output", mode)
        return [Part(name, WHOLE, mode, problem=problem, hindrance=hindrance)]
    parts = list_parts(sides, found, mode, budgets, run)
    if MODES[mode] and gradient and len(idle := sides.list_untrainable()) == 1:
        told = f"no tensor of the {idle[0]} is trainable: --mode eval compares without training"
        parts.append(Part(UPDATE, WHOLE, mode, hindrance=told))
    if limit:
        parts.append(Part(name_whole("gradients", mode), WHOLE, mode, hindrance=limit))
    return parts


def run_port_as_can_be(
    sides: TwoSides, found: ModelComparison, mode: str, gradient: bool
) -> tuple[ModelRun, str]:
    """Return the port's run, and why it has no derivatives though they are wanted, "" if it has.

    Raises SessionError as `run_port` does.
    """
    try:
        return run_port(sides, found, mode, gradient), ""
    except SessionError as error:
        if not gradient or not is_limit(str(error)):
            raise
        run = run_port(sides, found, mode, False)
        other = "; Keras has them on torch: KERAS_BACKEND=torch"
        keras = sides.port.facts["framework"] == "keras"
        return run, f"the port's framework has no derivatives of it here: {error}{other * keras}"


def is_limit(error: str) -> bool:
    """Whether a framework says that it has no derivative of something: no fault of a model's.

    >>> is_limit("Gradients for grouped convolutions are not supported on CPU.")
    True
    """
    return any(re.search(words, error) for words in NO_DERIVATIVES)


def run_port(sides: TwoSides, found: ModelComparison, mode: str, gradient: bool) -> ModelRun:
    """Return the port's run in a mode. Raises SessionError, also if it draws random numbers."""
    port, given, train = sides.ports[found.dtype], sides.give_port(found.inputs), MODES[mode]
    options: dict[str, Any] = {"train": train}
    plain = port.ask("run", inputs=given, options=options) if train else None
    options |= {"gradients": found.weights[1]} if gradient else {}
    if train and gradient and sides.have_trainable:
        options |= {"steps": SGD_STEPS, "learning_rate": LEARNING_RATE}
    run = read_run(port.ask("run", inputs=given, options=options))
    if plain is not None:  # what is drawn in eval mode is found layer by layer
        refuse_random_port(read_run(plain).outputs, run.outputs)
    return run


def list_parts(
    sides: TwoSides, found: ModelComparison, mode: str, budgets: Mapping[str, Any], run: ModelRun
) -> list[Part]:
    """Return the outputs, gradients, statistics and the first update of the whole model."""
    wants = read_budgets(budgets["outputs"])
    got = {m: run.outputs[m] for _, m, _ in found.outputs if m in run.outputs}
    truths = {m: arrange(wants[t], layout.apply) for t, m, layout in found.outputs if t in wants}
    lacking = wants.keys() - {t for t, _, _ in found.outputs}  # the port has nothing to compare
    truths |= {f"{t} of the reference": wants[t] for t in wants if t in lacking}
    parts = [Part(name_whole("output", mode), WHOLE, mode, truths, got)]
    gradients = read_budgets(budgets["gradients"])
    tensors = carry_budgets(sides, gradients)
    if gradients:
        parts += compare_gradients(sides, gradients, tensors, run, mode)
    if MODES[mode]:
        after = carry_budgets(sides, read_budgets(budgets["after"]))
        parts += compare_after(sides, found.dtype, after, tensors, run)
    return parts


def refuse_random_port(first: Arrays, second: Arrays) -> None:
    """Raise SessionError if two runs of the port differ by more than another order of its sums."""
    for name, one in first.items():
        with np.errstate(all="ignore"):
            far = np.nanmax(np.abs(np.subtract(one, second[name], dtype=float)), initial=0.0)
            if far > SAME_RUN_SHARE * np.nanmax(np.abs(one), initial=0.0):
                raise SessionError(describe_random(name, "port"))


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
