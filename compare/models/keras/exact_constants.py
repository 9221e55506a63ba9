"""What TensorFlow keeps in float32, also where it computes in float64, made exact.

GELU's root of 2, a leaky ReLU's slope, the scale of Keras's attention, what a bilinear resizing
gives: in float64 they make layers err by some 1e-8, which no port could follow, and which says
nothing of a port.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import numpy as np

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
        if type(x) is not float or not tensorflow.as_dtype(dtype).is_floating:
            return cast(x, dtype, name)
        if x != float(tensorflow.constant(x, "float32")):
            used.add("a number that is cast")
        return tensorflow.constant(x, dtype)

    def leak_exactly(features: Any, alpha: float = 0.2, name: Any = None) -> Any:
        used.add("the slope of a leaky ReLU")
        features = tensorflow.convert_to_tensor(features)
        slope = tensorflow.constant(alpha, features.dtype)
        return tensorflow.where(features > 0, features, slope * features)

    resize = tensorflow.image.resize

    def resize_exactly(images: Any, size: Any, method: Any = "bilinear", **others: Any) -> Any:
        double = tensorflow.convert_to_tensor(images).dtype == tensorflow.float64
        if not double or str(method) != "bilinear" or any(others.values()):
            return resize(images, size, method, **others)
        used.add("what a bilinear resizing gives")
        return resize_by_matrices(images, [int(n) for n in size])

    with set_attributes(
        [
            (tensorflow.image, "resize", resize_exactly),
            (operations, "cast", cast_exactly),
            (tensorflow, "cast", cast_exactly),
            (tensorflow.nn, "leaky_relu", leak_exactly),
        ]
    ):
        yield


def resize_by_matrices(images: Any, size: Sequence[int]) -> Any:
    """Return images (..., h, w, c) resized bilinearly, at half pixels, in their own dtype."""
    tensorflow = import_module("tensorflow")
    rows, columns = (
        tensorflow.constant(build_matrix(int(n), m), images.dtype)
        for n, m in zip(images.shape[-3:-1], size, strict=True)
    )
    return tensorflow.einsum("ih,jw,...hwc->...ijc", rows, columns, images)


def build_matrix(n: int, m: int) -> np.ndarray:
    """Return (m, n): what each of m places takes of n."""
    where = np.clip((np.arange(m) + 0.5) * n / m - 0.5, 0, n - 1)
    low = np.floor(where).astype(int)
    matrix = np.zeros((m, n))
    np.add.at(matrix, (np.arange(m), low), 1 - (where - low))
    np.add.at(matrix, (np.arange(m), np.minimum(low + 1, n - 1)), where - low)
    return matrix


def describe_constants(used: set[str]) -> list[str]:
    """Return what is said of them: nothing if none was used."""
    return [NOTE.format(names=" and ".join(sorted(used)))] if used else []
