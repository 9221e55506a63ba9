"""Keras on torch: rounded by torch's dispatch, as a torch model is, and derived by its autograd."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

from ..records import Arrays
from ..side import Noise
from ..torch.arrays import to_array, to_tensor_like
from ..torch.function_calls import (
    describe_values,
    get_plain_name,
    make_function_mode,
    turn_dropout_off,
)
from ..torch.rounding import RandomRounding, make_rounding_mode, without_fused_kernels
from .backend import refuse_unknown
from .stepping import Recorder
from .torch_floats import wide_floats

PROMOTED = (
    "Keras on torch computes some layers in float32, also in float64, where they err by some 1e-8: "
    "they were computed in float64 here"
)


class TorchTensors:
    """See `stepping.Tensors`."""

    def is_tensor(self, value: Any) -> bool:
        """Whether it is a tensor of torch's, or a variable of Keras's."""
        import keras
        import torch

        return isinstance(value, torch.Tensor | keras.Variable)

    def to_numpy(self, value: Any) -> np.ndarray:
        """Return a copy of a tensor's values, of what NumPy has no dtype for as float32."""
        with apart():
            return to_array(find_tensor(value))

    def replace(self, value: Any, array: np.ndarray) -> Any:
        """Return a tensor that has the array's values and hands derivatives on to value."""
        import torch
        from keras.src import backend

        tensor = find_tensor(value)
        with apart():
            new = torch.as_tensor(np.array(array)).to(device=tensor.device, dtype=tensor.dtype)
            if tensor.requires_grad and tensor.shape == new.shape:
                new = make_bridge()(tensor, new)
        mask = backend.get_keras_mask(value)
        if mask is not None:
            backend.set_keras_mask(new, mask)
        return new


class TorchRounding:
    """See `backend.Rounding`."""

    def __init__(self, noise: Noise) -> None:
        self.roundings = RandomRounding(noise)

    def round_array(self, array: np.ndarray) -> np.ndarray:
        """See `backend.Rounding`."""
        import torch

        with apart():
            tensor = torch.as_tensor(np.array(array))
            if self.roundings.rounds_arrays(tensor):
                self.roundings.move_relative(tensor, 1.0)
            return to_array(tensor)


class TorchBackend:
    """See `backend.Backend`. A model may write into a tensor, so none is handed out again."""

    remembers = False

    def __init__(self) -> None:
        self.tensors = TorchTensors()

    def keep_random_state(self) -> AbstractContextManager[None]:
        """See `backend.Backend`."""
        return keep_torch_random_state()

    def find_modules(self) -> list[ModuleType]:
        """See `backend.Backend`. torch's own functions are seen where all of them pass."""
        return []

    def make(self, array: np.ndarray, dtype: str) -> Any:
        """See `backend.Backend`."""
        import torch

        array = np.asarray(array)
        kinds = {"f": dtype, "i": "int32", "u": "int32"}
        return torch.as_tensor(np.array(array.astype(kinds.get(array.dtype.kind, array.dtype))))

    def list_blocks(
        self, dtype: str, constants: set[str], places: dict[str, None]
    ) -> Sequence[AbstractContextManager[None]]:
        """See `backend.Backend`."""
        return wide_floats(dtype, places), promote_to_float64(dtype, constants)

    def describe(self, constants: set[str]) -> list[str]:
        """See `backend.Backend`."""
        return [PROMOTED] if constants else []

    @contextmanager
    def without_dropout(self) -> Iterator[None]:
        """See `backend.Backend`."""
        with make_function_mode(leave_nothing_out):
            yield

    def make_rounding(self, noise: Noise) -> TorchRounding:
        """See `backend.Backend`."""
        return TorchRounding(noise)

    @contextmanager
    def watch(self, recorder: Recorder, rounding: TorchRounding | None) -> Iterator[None]:
        """See `backend.Backend`."""

        def call(function: Any, args: Any, kwargs: Any) -> Any:
            name = get_plain_name(function)
            if not name or not recorder.is_between():
                return function(*args, **kwargs)
            return recorder.call_function(
                name, function, args, kwargs, lambda: describe_values(function, args, kwargs)
            )

        with ExitStack() as stack:
            if rounding is not None:
                stack.enter_context(without_fused_kernels())
                stack.enter_context(make_rounding_mode(rounding.roundings))
            stack.enter_context(make_function_mode(call))
            yield

    def derive(
        self,
        call: Callable[[], Mapping[str, Any]],
        weights: Mapping[str, np.ndarray],
        sources: Mapping[str, Any],
    ) -> tuple[Mapping[str, Any], float, Arrays]:
        """See `backend.Backend`."""
        import torch

        raw = {name: find_tensor(source) for name, source in sources.items()}
        for tensor in raw.values():
            tensor.requires_grad_(True)
        outputs = call()
        refuse_unknown(outputs, weights)
        terms = [
            torch.sum(
                to_tensor_like(weight, outputs[name], f"the weight of {name}") * outputs[name]
            )
            for name, weight in weights.items()
        ]
        total = sum(terms[1:], terms[0])
        found: Any = [None] * len(raw)
        if total.requires_grad and raw:
            found = torch.autograd.grad(total, list(raw.values()), allow_unused=True)
        gradients = {
            name: to_array(torch.zeros_like(raw[name]) if one is None else one)
            for name, one in zip(raw, found, strict=True)
        }
        return outputs, float(to_array(total)), gradients

    def descend(self, sources: Mapping[str, Any], gradients: Arrays, learning_rate: float) -> None:
        """See `backend.Backend`."""
        import torch

        with torch.no_grad():
            for name, variable in sources.items():
                tensor = find_tensor(variable)
                tensor.add_(torch.as_tensor(gradients[name]), alpha=-learning_rate)


def find_tensor(value: Any) -> Any:
    """Return torch's own parameter of one of Keras's variables; a tensor as it is."""
    import keras

    return value.value if isinstance(value, keras.Variable) else value


@contextmanager
def apart() -> Iterator[None]:
    """In the block, operations are none of the model's, and none is rounded."""
    from torch.utils._python_dispatch import _disable_current_modes

    with _disable_current_modes():
        yield


@contextmanager
def promote_to_float64(dtype: str, used: set[str]) -> Iterator[None]:
    """In the block, Keras takes float64 for float64 if dtype is; used grows if so.

    On torch and JAX its own layers compute in float32 else, BatchNormalization for one: it errs by
    some 1e-8.
    """
    if dtype != "float64":
        yield
        return
    narrow = import_module("keras.src.backend.common.dtypes").BIT64_TO_BIT32_DTYPE
    before = dict(narrow)
    narrow |= {"float64": "float64", "complex128": "complex128"}
    used.add("float64")
    try:
        yield
    finally:
        narrow |= before


@contextmanager
def keep_torch_random_state() -> Iterator[None]:
    """Behind the block torch draws what it would have drawn without it."""
    import torch

    state = torch.get_rng_state()
    try:
        yield
    finally:
        torch.set_rng_state(state)


def leave_nothing_out(function: Any, args: Any, kwargs: Any) -> Any:
    """Call a torch function that would leave out at random so that it does not."""
    args, kwargs = turn_dropout_off(function, args, kwargs) or (args, kwargs)
    return function(*args, **kwargs)


def make_bridge() -> Callable[[Any, Any], Any]:
    """Return a function that gives its second argument, and hands derivatives on to its first."""
    import torch

    class Bridge(torch.autograd.Function):
        @staticmethod
        def forward(context: Any, value: Any, new: Any) -> Any:
            return new.clone()

        @staticmethod
        def backward(context: Any, upstream: Any) -> Any:
            return upstream, None

    return Bridge.apply
