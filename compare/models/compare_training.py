"""Some steps of plain SGD of both models on the same inputs: their losses, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..judging.model_details import REFERENCE
from ..judging.results import Trace
from .compare_models import ModelComparison
from .compare_whole import LEARNING_RATE
from .records import Arrays, read_run
from .two_sides import TwoSides

CURVE_STEPS = 10


@dataclass(frozen=True)
class Training:
    """What is descended in one dtype. weights: of the reference's outputs, and of the port's."""

    dtype: str
    inputs: list[np.ndarray]
    weights: tuple[Arrays, Arrays]


def prepare_training(found: ModelComparison) -> Training | None:
    """Return what a comparison leaves to be trained; None where no output can be descended."""
    theirs, mine = found.weights
    return Training(found.dtype, found.inputs, found.weights) if theirs and mine else None


def train_sides(sides: TwoSides, task: Training) -> tuple[Trace, Trace]:
    """Return the losses of the reference and of the port, that with the envelope of rounding.

    Raises SessionError if one of the two cannot be trained.
    """
    theirs, mine = task.weights
    options: dict[str, Any] = {
        "train": True,
        "steps": CURVE_STEPS,
        "learning_rate": LEARNING_RATE,
    }
    sides.write(task.dtype)
    sides.reference.send(
        "measure_losses",
        inputs=task.inputs,
        options=options | {"gradients": theirs},
        dtype=task.dtype,
    )
    port, given = sides.ports[task.dtype], sides.give_port(task.inputs)
    try:
        run = read_run(port.ask("run", inputs=given, options=options | {"gradients": mine}))
    finally:
        told: Mapping[str, np.ndarray] = sides.reference.receive()
    envelope = told["allowed"] if len(told["allowed"]) else None
    return (
        make_trace(REFERENCE, task.dtype, told["want"], None),
        make_trace(port.name, task.dtype, np.asarray(run.losses), envelope),
    )


def make_trace(name: str, dtype: str, loss: np.ndarray, envelope: np.ndarray | None) -> Trace:
    """Return losses as a curve that has nothing else."""
    nothing = np.empty(0)
    return Trace(name, dtype, loss, nothing, nothing, nothing, nothing, nothing, envelope)


def describe_sums(sides: TwoSides) -> list[str]:
    """Return what must be said of tensors that are sums of several of the reference's.

    Each of torch's two biases of an LSTM makes a step, so that their sum makes both.
    """
    trainable = [t.name for t in sides.records["port"].tensors if t.trainable]
    carried = {name for pair in sides.pairing.pairs for name in pair.port} if sides.pairing else ()
    summed = [name for name in trainable if name in carried and name not in sides.relaid]
    if not summed:
        return []
    named = ", ".join(summed[:3]) + (f" and {len(summed) - 3} more" if summed[3:] else "")
    return [
        f"the port's {named} is the sum of several tensors of the reference, each of which makes "
        "its own step: the curves of a right port part here"
    ]
