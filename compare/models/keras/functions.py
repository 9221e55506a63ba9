"""Functions of Keras and of its backend, under plain names, seen while a model runs."""

import functools
import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import Any

from .layers import make_class_name
from .randomness import set_attribute
from .stepping import Recorder, show_arguments, show_values

KERAS_MODULES = (
    *("keras.ops", "keras.ops.nn", "keras.ops.numpy", "keras.ops.image", "keras.ops.linalg"),
    *("keras.src.ops", "keras.activations", "keras._tf_keras.keras.ops"),
)
# What makes, asks or keeps, and what calls functions of the user's: no steps, though what these
# call may be.
NO_STEPS = frozenset(
    {"shape", "size", "ndim", "rank", "cast", "convert_to_tensor", "convert_to_numpy", "is_tensor"}
    | {"identity", "copy", "stop_gradient", "saturate_cast", "dtype", "get_item_shape"}
    | {"zeros", "ones", "full", "empty", "eye", "arange", "linspace", "zeros_like", "ones_like"}
    | {"full_like", "empty_like", "cond", "while_loop", "fori_loop", "scan", "map", "switch"}
    | {"associative_scan", "vectorized_map", "vectorize", "custom_gradient", "unstack_shape"}
    | {"get", "serialize", "deserialize", "name_scope", "assign", "scatter_update_variable"}
)
# Of what has several names, the one that is told.
PLAIN_NAMES = {
    "true_divide": "divide",
    "get_item": "getitem",
    "batch_matmul": "matmul",
    "swish": "silu",
    "pow": "power",
    "concat": "concatenate",
    "pack": "stack",
}


def make_plain_name(name: str) -> str:
    """Return the name that is told: "reduce_mean" is "mean"."""
    name = name.lower().removeprefix("reduce_")
    return PLAIN_NAMES.get(name, name)


@contextmanager
def watch_calls(recorder: Recorder, modules: Sequence[ModuleType]) -> Iterator[None]:
    """In the block the recorder is asked at each call of a layer, an operation or a function.

    modules: of the backend, whose public functions are seen besides Keras's.
    """
    from keras.src.layers.layer import Layer
    from keras.src.ops.operation import Operation

    with ExitStack() as stack:
        stack.enter_context(set_attribute(Layer, "__call__", _wrap_layers(recorder)))
        stack.enter_context(set_attribute(Operation, "__call__", _wrap_operations(recorder)))
        if recorder.recording:
            keras_modules = [sys.modules[name] for name in KERAS_MODULES if name in sys.modules]
            for module in (*keras_modules, *modules):
                for name, function in list(vars(module).items()):
                    if is_step(name, function):
                        wrapped = _wrap_function(recorder, name, function)
                        stack.enter_context(set_attribute(module, name, wrapped))
        yield


def is_step(name: str, function: Any) -> bool:
    """Whether a public function of a module is one whose calls are steps."""
    return (
        not name.startswith("_")
        and inspect.isfunction(function)
        and make_plain_name(name) not in NO_STEPS
    )


def _wrap_layers(recorder: Recorder) -> Callable[..., Any]:
    from keras.src.layers.layer import Layer

    call = Layer.__call__

    def call_layer(self: Any, *args: Any, **kwargs: Any) -> Any:
        return recorder.call_layer(call, self, args, kwargs)

    return call_layer


def _wrap_operations(recorder: Recorder) -> Callable[..., Any]:
    from keras.src.layers.layer import Layer
    from keras.src.ops.operation import Operation

    call = Operation.__call__

    def call_operation(self: Any, *args: Any, **kwargs: Any) -> Any:
        name = make_plain_name(make_class_name(self))
        if isinstance(self, Layer) or name in NO_STEPS:
            return call(self, *args, **kwargs)

        def show() -> dict[str, str]:
            own = {k: v for k, v in vars(self).items() if not k.startswith("_") and k != "name"}
            return show_values(own, recorder.tensors.is_tensor)

        return recorder.call_function(name, functools.partial(call, self), args, kwargs, show)

    return call_operation


def _wrap_function(recorder: Recorder, name: str, function: Callable[..., Any]) -> Any:
    plain = make_plain_name(name)

    @functools.wraps(function)
    def call_function(*args: Any, **kwargs: Any) -> Any:
        def show() -> dict[str, str]:
            return dict(show_arguments(function, args, kwargs, recorder.tensors.is_tensor))

        return recorder.call_function(plain, function, args, kwargs, show)

    return call_function
