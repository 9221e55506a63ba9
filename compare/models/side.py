"""What a model's process can be asked, whatever its framework is."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .records import Arrays, ModelRecord, ModelRun


@dataclass(frozen=True)
class Noise:
    """Roundings at random: of every operation, for a port that computes in dtype.

    dtype: "float32" or "float64". seed: another one for each run.
    """

    dtype: str
    seed: int


@dataclass(frozen=True)
class RunOptions:
    """How to run a model.

    train: in training mode, dropout off (its rate 0), else in eval mode.
    leaves: names of layers that are one step though they hold others ("MultiheadAttention").
    record: whether to keep the steps and their arrays.
    force: by a step's key, the arrays that take the place of its inputs ("in") and of its outputs
        ("out") behind what was recorded: each list has an array, or None to leave it, for the
        step's inputs or outputs, or the first of them. So each layer is given what the other
        model's was given.
    tries: by the key of a layer's call, changes of its settings: it is called with each of these
        too, on what it is given, and what comes of that is kept beside the run.
    noise: roundings at random in every operation, forward and backward.
    gradients: a weight for each element of each output, by its place in `ModelRun.outputs`: the
        derivatives of the weighted sum are taken by inputs and by trainable tensors.
    stop: the key of a step behind which the run ends, without outputs; "" for none.
    memory: what the framework's own layers gave in runs before, by the key of their call, for runs
        that differ in little: a call that is given the same again is not computed again. Keras's
        side fills and reads it; None for none.
    steps, learning_rate: so many steps of plain SGD on that weighted sum, on the same inputs; the
        losses before each, and all tensors afterwards. 0 for none.
    """

    train: bool = False
    leaves: tuple[str, ...] = ()
    record: bool = False
    force: Mapping[str, Mapping[str, Sequence[np.ndarray | None]]] = field(default_factory=dict)
    tries: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    noise: Noise | None = None
    gradients: Mapping[str, np.ndarray] | None = None
    stop: str = ""
    memory: dict[str, Any] | None = None
    steps: int = 0
    learning_rate: float = 0.0


class Reached(BaseException):
    """The step behind which a run ends has been recorded. No model's code shall catch it."""


def describe_wide(places: Mapping[str, None]) -> list[str]:
    """Return what is said of code that asks for float32 where it is run in float64."""
    if not places:
        return []
    first, more = ", ".join(list(places)[:3]), len(places) - 3
    also = f" and {more} more" * (more > 0)
    return [f"float32 in the code is read as float64 in the comparison in float64: {first}{also}"]


class ModelSide(ABC):
    """One model in its own process. Every array that goes in or out is NumPy's.

    A run leaves the model as it was: tensors that a run changes are put back behind it.

    places: lines of the user's code that ask for float32 and are given float64, as keys.
    """

    places: dict[str, None]

    @abstractmethod
    def describe(self, inputs: Sequence[np.ndarray]) -> ModelRecord:
        """Return what the model is; it is run once on inputs if that builds it.

        Raises TargetError if it cannot be run on these inputs, with what it wants.
        """

    @abstractmethod
    def read_tensors(self) -> Arrays:
        """Return every parameter and buffer by name."""

    @abstractmethod
    def write_tensors(self, values: Mapping[str, np.ndarray]) -> None:
        """Set parameters and buffers by name, in the model's dtype."""

    @abstractmethod
    def run(self, inputs: Sequence[np.ndarray], options: RunOptions) -> ModelRun:
        """Run the model. What its code raises, it raises."""

    @abstractmethod
    def run_changed(
        self,
        changes: Mapping[str, Mapping[str, Any]],
        inputs: Sequence[np.ndarray],
        options: RunOptions,
    ) -> ModelRun:
        """Run the model with settings of some layers changed, in the words of their kinds.

        changes: of each layer by its name. Raises ValueError if there is no such layer or setting.
        """
