"""Keras on TensorFlow: run eagerly, rounded operation by operation, derived by its tape."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import ModuleType
from typing import Any

import numpy as np

from ..side import Noise
from .exact_constants import describe_constants, exact_constants
from .stepping import Recorder
from .tensorflow_gradients import descend, run_with_tape
from .tensorflow_noise import OperationNoise
from .tensorflow_operations import Operation, watch_operations
from .tensorflow_steps import OperationSteps
from .tensorflow_tensors import (
    TensorFlowTensors,
    keep_tensorflow_random_state,
    run_eagerly,
    without_tensorflow_dropout,
)
from .wide_floats import wide_floats


class TensorFlowBackend:
    """See `backend.Backend`."""

    remembers = True
    derive, descend = staticmethod(run_with_tape), staticmethod(descend)
    without_dropout = staticmethod(without_tensorflow_dropout)
    keep_random_state = staticmethod(keep_tensorflow_random_state)

    def __init__(self) -> None:
        self.tensors = TensorFlowTensors()

    def find_modules(self) -> list[ModuleType]:
        """See `backend.Backend`."""
        import tensorflow as tf

        return [tf.nn, tf.math]

    def make(self, array: np.ndarray, dtype: str) -> Any:
        """See `backend.Backend`."""
        return self.tensors.make(array, dtype)

    def list_blocks(
        self, dtype: str, constants: set[str], places: dict[str, None]
    ) -> Sequence[AbstractContextManager[None]]:
        """See `backend.Backend`."""
        exact, wide = exact_constants(dtype, constants), wide_floats(dtype, places)
        return run_eagerly(), exact, wide

    def describe(self, constants: set[str]) -> list[str]:
        """See `backend.Backend`."""
        return describe_constants(constants)

    def make_rounding(self, noise: Noise) -> OperationNoise:
        """See `backend.Backend`."""
        return OperationNoise(noise.dtype, noise.seed)

    @contextmanager
    def watch(self, recorder: Recorder, rounding: OperationNoise | None) -> Iterator[None]:
        """See `backend.Backend`."""
        steps = OperationSteps(recorder)

        def around(operation: Operation) -> Any:
            if rounding is None:
                return steps.run(operation)
            return steps.run(operation.with_call(rounding.run))

        if rounding is None and not recorder.recording:
            yield
            return
        with watch_operations(around):
            yield
