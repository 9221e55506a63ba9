"""What a Keras model's code does in float32 by name, done in float64 where it is run in float64.

`tf.cast(x, tf.float32)`, `tf.zeros(...)` and their like are written for a model that is trained in
float32. In float64 they would make it err by some 1e-8, or stop it, and neither says anything of a
port. What Keras and TensorFlow do among themselves stays what it is.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache, wraps
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from .places import find_place
from .randomness import set_attributes

# TensorFlow's functions that are asked for a dtype, and the place that it has among the arguments.
NAMES = {
    "cast": 1,
    "constant": 1,
    "convert_to_tensor": 1,
    "range": 3,
    "zeros": 1,
    "ones": 1,
    "eye": 3,
}
FLOAT32_BY_DEFAULT = ("zeros", "ones", "eye")
FLOAT32_OF_NUMBERS = ("constant", "convert_to_tensor", "range")  # of Python's own
KERAS_NAMES = ("cast", "convert_to_tensor", "arange", "zeros", "ones", "full", "eye", "linspace")
_HERE = str(Path(__file__).parent)


@contextmanager
def wide_floats(dtype: str, places: dict[str, None]) -> Iterator[None]:
    """In the block, what a user asks for in float32 is in float64 if dtype is.

    places: lines of the user's code that ask for it, in their order; grows.
    """
    tensorflow = import_module("tensorflow")
    with (
        widen(dtype, places, [(tensorflow, name) for name in NAMES]),
        wide_keras_floats(dtype, places),
    ):
        yield


def wide_keras_floats(dtype: str, places: dict[str, None]) -> AbstractContextManager[None]:
    """As `wide_floats`, of Keras's own functions alone."""
    operations = import_module("keras").ops
    return widen(dtype, places, [(operations, name) for name in KERAS_NAMES])


@contextmanager
def widen(dtype: str, places: dict[str, None], owners: Sequence[tuple[Any, str]]) -> Iterator[None]:
    """In the block, functions of modules give float64 where a user asks for float32."""
    if dtype != "float64":
        yield
        return
    with set_attributes(
        [(owner, name, make_wide(getattr(owner, name), owner, places)) for owner, name in owners]
    ):
        yield


def make_wide(function: Callable[..., Any], owner: Any, places: dict[str, None]) -> Any:
    """Return a function that gives float64 where the user asks it for float32."""
    place = NAMES.get(function.__name__, 0) if owner.__name__ == "tensorflow" else 0

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if not is_users(sys._getframe(1)):
            return function(*args, **kwargs)
        silent = place and len(args) <= place and kwargs.get("dtype") is None
        if silent and is_float32_unasked(function.__name__, (*args, *kwargs.values())):
            kwargs["dtype"] = "float64"
        elif any(is_float32(value) for value in (*args, *kwargs.values())):
            if line := find_place():
                places[line] = None
            args = tuple("float64" if is_float32(value) else value for value in args)
            kwargs = {k: "float64" if is_float32(value) else value for k, value in kwargs.items()}
        return function(*args, **kwargs)

    return call


def is_float32_unasked(name: str, values: Sequence[Any]) -> bool:
    """Whether a function of TensorFlow gives float32 without being asked for it."""
    if name in FLOAT32_BY_DEFAULT:
        return True
    return name in FLOAT32_OF_NUMBERS and any(holds_fractions(value) for value in values)


def holds_fractions(value: Any) -> bool:
    """Whether a value is made of Python's own numbers, fractions among them.

    >>> holds_fractions([[1, 2.5]]), holds_fractions([1, 2]), holds_fractions(np.ones(2))
    (True, False, False)
    """
    if isinstance(value, list | tuple):
        return any(holds_fractions(one) for one in value)
    return type(value) is float


def is_float32(value: Any) -> bool:
    """Whether an argument names float32."""
    if isinstance(value, str):
        return value == "float32"
    named = value is np.float32 or isinstance(value, np.dtype) or type(value).__name__ == "DType"
    return named and bool(value == np.float32)


def is_users(frame: Any) -> bool:
    """Whether who calls is neither Keras nor TensorFlow, what of ours stands between aside."""
    while frame is not None and frame.f_code.co_filename.startswith(_HERE):
        frame = frame.f_back
    return frame is not None and not frame.f_code.co_filename.startswith(list_libraries())


@cache
def list_libraries() -> tuple[str, ...]:
    """Return the folders of Keras and its backend."""
    name = import_module("keras").backend.backend()
    found = (import_module(one).__file__ for one in ("keras", name))
    return tuple(os.path.dirname(file) + os.sep for file in found if file)
