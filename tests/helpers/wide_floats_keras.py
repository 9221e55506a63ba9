"""What TensorFlow's and Keras's functions give, asked for float32 by name."""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from trueport.compare.models.keras.wide_floats import wide_floats

FORMS: dict[str, Callable[[], Any]] = {
    "cast": lambda: tf.cast([1, 2], tf.float32),
    "cast by name": lambda: tf.cast([1, 2], "float32"),
    "constant": lambda: tf.constant([0.5, 1.0]),
    "constant of float32": lambda: tf.constant([1, 2], dtype=tf.float32),
    "zeros": lambda: tf.zeros((2, 3)),
    "range": lambda: tf.range(0.0, 3.0),
    "eye": lambda: tf.eye(3),
    "ops.cast": lambda: keras.ops.cast([1, 2], "float32"),
    "ops.arange": lambda: keras.ops.arange(4, dtype="float32"),
}


def show_dtypes(dtype: str) -> dict[str, str]:
    with wide_floats(dtype, {}):
        return {name: make().dtype.name for name, make in FORMS.items()}


def ask_from_keras() -> str:
    """Return the dtype of what Keras makes in float32 for itself."""
    with wide_floats("float64", {}):
        return str(keras.src.backend.convert_to_tensor([1, 2], dtype="float32").dtype.name)
