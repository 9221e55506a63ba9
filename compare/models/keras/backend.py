"""What a Keras model's backend is asked: how it runs, is rounded and is derived."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from types import ModuleType
from typing import Any, Protocol

import numpy as np

from ..records import Arrays
from ..side import Noise
from .stepping import Recorder, Tensors


class Rounding(Protocol):
    """The roundings at random of one run."""

    def round_array(self, array: np.ndarray) -> np.ndarray:
        """Return an array of float64 as a narrower port is given it: rounded once."""


class Backend(Protocol):
    """One of Keras's backends. remembers: whether what a layer gave can be handed out again."""

    remembers: bool

    @property
    def tensors(self) -> Tensors:
        """What a recorder needs to know of its tensors."""

    def find_modules(self) -> list[ModuleType]:
        """Return the modules whose functions may be made of several operations."""

    def make(self, array: np.ndarray, dtype: str) -> Any:
        """Return a tensor; floating point values in the dtype, integers as int32."""

    def list_blocks(
        self, dtype: str, constants: set[str], places: dict[str, None]
    ) -> Sequence[AbstractContextManager[None]]:
        """Return the blocks around a run.

        constants: names of those that are made exact, grows. places: lines of the user's code that
        ask for float32 and get float64, grows.
        """

    def keep_random_state(self) -> AbstractContextManager[None]:
        """Return a block behind which the backend draws what it would have drawn without it."""

    def describe(self, constants: set[str]) -> list[str]:
        """Return what is said of constants, or of all, that were made exact."""

    def without_dropout(self) -> AbstractContextManager[None]:
        """Return a block in which the backend's own functions leave nothing out."""

    def make_rounding(self, noise: Noise) -> Rounding:
        """Return the roundings that are asked for."""

    def watch(self, recorder: Recorder, rounding: Any | None) -> AbstractContextManager[None]:
        """Return a block in which what is computed is rounded, and operations are steps."""

    def derive(
        self,
        call: Callable[[], Mapping[str, Any]],
        weights: Mapping[str, np.ndarray],
        sources: Mapping[str, Any],
    ) -> tuple[Mapping[str, Any], float, Arrays]:
        """Run a model and return its outputs, the weighted sum, and its derivative by each source.

        weights: an array for each output by its place. sources: tensors or variables by name; one
        that the sum does not depend on has derivatives of 0.
        Raises KeyError for a place that the model has no output at.
        """

    def descend(self, sources: Mapping[str, Any], gradients: Arrays, learning_rate: float) -> None:
        """Do one step of plain SGD on variables."""


def get_backend() -> Backend:
    """Return the backend that Keras runs on. Raises ValueError for JAX."""
    import keras

    name = keras.backend.backend()
    if name == "tensorflow":
        from .tensorflow_backend import TensorFlowBackend

        return TensorFlowBackend()
    if name == "torch":
        from .torch_backend import TorchBackend

        return TorchBackend()
    raise ValueError(f"Keras must run on TensorFlow or torch (got {name})")


def refuse_unknown(outputs: Mapping[str, Any], weights: Mapping[str, np.ndarray]) -> None:
    """Raise KeyError for a weight of an output that the model has not."""
    missing = sorted(set(weights) - set(outputs))
    if missing:
        raise KeyError(f"the model has no output {missing[0]!r}; it has {', '.join(outputs)}")
