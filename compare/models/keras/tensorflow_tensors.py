"""TensorFlow's tensors, for what is the same with each of Keras's backends."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..records import find_precision
from .randomness import set_attributes


class TensorFlowTensors:
    """See `stepping.Tensors`."""

    def is_tensor(self, value: Any) -> bool:
        """Whether it is an eager tensor of numbers, or a variable of TensorFlow or Keras."""
        import keras
        import tensorflow as tf

        return isinstance(value, tf.Variable | keras.Variable) or (
            isinstance(value, tf.Tensor)
            and hasattr(value, "numpy")
            and value.dtype not in (tf.resource, tf.variant)  # the handle of a variable
        )

    def to_numpy(self, value: Any) -> np.ndarray:
        """Return a copy of a tensor's values, of what NumPy has no dtype for as float32."""
        array = np.array(value.numpy())
        return array.astype(np.float32) if find_precision([value.dtype]) == "bfloat16" else array

    def make(self, array: np.ndarray, dtype: Any) -> Any:
        """Return a tensor; floating point values in the dtype, integers as int32."""
        import tensorflow as tf

        array = np.asarray(array)
        kinds = {"f": dtype, "i": "int32", "u": "int32"}
        return tf.convert_to_tensor(array.astype(kinds.get(array.dtype.kind, array.dtype)))

    def replace(self, value: Any, array: np.ndarray) -> Any:
        """Return a tensor that has the array's values and hands derivatives on to value."""
        import tensorflow as tf
        from keras.src import backend

        value_tensor = tf.convert_to_tensor(value)
        new = tf.convert_to_tensor(np.asarray(array).astype(value_tensor.dtype.as_numpy_dtype))
        if value_tensor.dtype.is_floating and value_tensor.shape == new.shape:
            new = tf.custom_gradient(lambda x: (tf.identity(new), lambda upstream: upstream))(
                value_tensor
            )
        mask = backend.get_keras_mask(value)
        if mask is not None:
            backend.set_keras_mask(new, mask)
        return new


@contextmanager
def run_eagerly() -> Iterator[None]:
    """In the block every operation runs when it is called, on the processor, graphs included."""
    import tensorflow as tf

    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        with tf.device("CPU:0"):
            yield
    finally:
        tf.config.run_functions_eagerly(before)


@contextmanager
def without_tensorflow_dropout() -> Iterator[None]:
    """In the block `tf.nn.dropout` gives what it is given."""
    import tensorflow as tf

    def dropout(x: Any, rate: Any, *args: Any, **kwargs: Any) -> Any:
        return x

    with set_attributes([(tf.nn, "dropout", dropout)]):
        yield


@contextmanager
def keep_tensorflow_random_state() -> Iterator[None]:
    """Behind the block TensorFlow draws what it would have drawn without it."""
    from tensorflow.python.eager import context

    inner = context.context()
    seed, draws = inner._seed, getattr(inner, "_rng", None)
    state = None if draws is None else draws.getstate()
    try:
        yield
    finally:
        inner._seed = seed
        if draws is not None:
            inner._rng = draws
            draws.setstate(state)
