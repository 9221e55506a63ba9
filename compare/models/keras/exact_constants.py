"""Constants that TensorFlow keeps in float32, also where it computes in float64, made exact.

GELU's root of 2, a leaky ReLU's slope, the scale of Keras's attention: in float64 they make layers
err by some 1e-8, which no port could follow, and which says nothing of a port.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from .randomness import set_attributes

NOTE = (
    "TensorFlow keeps {names} in float32, also in float64, where it errs by some 1e-8: taken exact "
    "here"
)


@contextmanager
def exact_constants(dtype: str, used: set[str]) -> Iterator[None]:
    """In the block, a run in float64 has its constants in float64; used grows by which it has."""
    if dtype != "float64":
        yield
        return
    tensorflow = import_module("tensorflow")
    operations = import_module("tensorflow.python.ops.math_ops")
    cast = operations.cast

    def cast_exactly(x: Any, dtype: Any, name: Any = None) -> Any:
        if type(x) is not float:
            return cast(x, dtype, name)
        if x != float(tensorflow.constant(x, "float32")):
            used.add("a number that is cast")
        return tensorflow.constant(x, dtype)

    def leak_exactly(features: Any, alpha: float = 0.2, name: Any = None) -> Any:
        used.add("the slope of a leaky ReLU")
        features = tensorflow.convert_to_tensor(features)
        slope = tensorflow.constant(alpha, features.dtype)
        return tensorflow.where(features > 0, features, slope * features)

    with set_attributes(
        [
            (operations, "cast", cast_exactly),
            (tensorflow, "cast", cast_exactly),
            (tensorflow.nn, "leaky_relu", leak_exactly),
        ]
    ):
        yield


def describe_constants(used: set[str]) -> list[str]:
    """Return what is said of them: nothing if none was used."""
    return [NOTE.format(names=" and ".join(sorted(used)))] if used else []
