"""What an adapter asks of Keras and TensorFlow. Imported only where they are the framework."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

WEIGHTS_TRANSPOSED = False  # Dense keeps (in, out)
FRAMEWORK_ROOTS = ("keras", "tensorflow")
MODEL_CLASS = keras.Model


def prepare_model(net: Any, dtype: str, inputs: int | None) -> Any:
    """Return the model with its weights made, for 784 pixels if it does not say otherwise.

    Outside a graph: what a `tf.function` traces while it makes its weights keeps their first values
    for every later input of that shape.
    """
    if not net.built or not net.trainable_weights:
        before = tf.config.functions_run_eagerly()
        tf.config.run_functions_eagerly(True)
        try:
            net(np.zeros((1, inputs or 784), dtype))
        finally:
            tf.config.run_functions_eagerly(before)
    return net


def get_fresh_model(net: Any) -> Any:
    """Return the instance itself: the harness sets all four parameters before each use."""
    return net


def softmax(raw: Any) -> Any:
    """Return the softmax over the last axis."""
    return tf.nn.softmax(raw, axis=-1)


def exp(raw: Any) -> Any:
    """Return the exponential of each element."""
    return tf.exp(raw)


def compute_chapter_loss(y: Any, t: Any) -> Any:
    """Return the chapter's cross-entropy: mean over samples of -log(y + 1e-7) at the label."""
    log_y = tf.math.log(y + tf.constant(1e-7, dtype=y.dtype))
    return -tf.reduce_sum(one_hot(t, y.shape[-1], y) * log_y) / tf.cast(y.shape[0], y.dtype)


def to_labels(t: Any) -> Any:
    """Return labels as integers, from one-hot rows or from integers."""
    return tf.argmax(t, axis=1) if len(t.shape) == 2 else t


def one_hot(t: Any, classes: int, like: Any) -> Any:
    """Return labels as one-hot rows, in the dtype of like."""
    if len(t.shape) == 2:
        return tf.cast(t, like.dtype)
    return tf.one_hot(tf.cast(t, tf.int64), classes, dtype=like.dtype)


def reduce_to_mean(loss: Any) -> Any:
    """Return the loss as one number: its mean, if it is not one already."""
    loss = tf.convert_to_tensor(loss)
    return loss if len(loss.shape) == 0 else tf.reduce_mean(loss)


def compute_gradients(loss: Callable[[], Any], arrays: Sequence[Any]) -> list[Any]:
    """Return d loss / d each array; None where the loss does not depend on it."""
    variables = [getattr(array, "value", array) for array in arrays]
    with tf.GradientTape() as tape:
        tape.watch(variables)
        value = loss()
    return [None if g is None else tf.convert_to_tensor(g) for g in tape.gradient(value, variables)]


def reshape(x: Any, shape: tuple[int, ...]) -> Any:
    """Return x in another shape."""
    return tf.reshape(x, shape)


def is_loss(value: Any) -> bool:
    """Say whether value is a loss object of Keras."""
    return isinstance(value, keras.losses.Loss)


PREDICTION_FIRST = False  # loss(y_true, y_pred)


def find_random_layers(net: Any) -> list[str]:
    """Layers that behave otherwise in training."""
    kinds = {type(layer).__name__ for layer in getattr(net, "layers", [])}
    return sorted(kind for kind in kinds if "Dropout" in kind or "BatchNorm" in kind)


def list_layers(net: Any) -> list[str]:
    """Return the kinds of the layers that a model is made of."""
    return [type(layer).__name__ for layer in net._flatten_layers(include_self=False)]
