"""Derivatives of a weighted sum of a model's outputs, by TensorFlow's tape."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..records import Arrays
from .backend import refuse_unknown


def run_with_tape(
    call: Callable[[], Mapping[str, Any]],
    weights: Mapping[str, np.ndarray],
    sources: Mapping[str, Any],
) -> tuple[Mapping[str, Any], float, Arrays]:
    """Run a model and return its outputs, the weighted sum, and its derivative by each source.

    weights: an array for each output by its place. sources: tensors or variables by name; one that
    the sum does not depend on has derivatives of 0.
    Raises KeyError for a place that the model has no output at.
    """
    import tensorflow as tf

    raw = {name: find_tensor(source) for name, source in sources.items()}
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        for source in raw.values():
            tape.watch(source)
        outputs = call()
        total = weigh(outputs, weights)
    found = tape.gradient(
        total, list(raw.values()), unconnected_gradients=tf.UnconnectedGradients.ZERO
    )
    gradients = {
        name: np.array(tf.convert_to_tensor(one).numpy())
        for name, one in zip(raw, found, strict=True)
    }
    return outputs, float(total), gradients


def weigh(outputs: Mapping[str, Any], weights: Mapping[str, np.ndarray]) -> Any:
    """Return the sum of weight * output over all elements of all outputs that have weights."""
    import tensorflow as tf

    refuse_unknown(outputs, weights)
    sums = []
    for name, weight in weights.items():
        output = outputs[name]
        factors = tf.convert_to_tensor(np.asarray(weight).astype(output.dtype.as_numpy_dtype))
        sums.append(tf.reduce_sum(factors * output))
    return tf.add_n(sums)


def descend(sources: Mapping[str, Any], gradients: Arrays, learning_rate: float) -> None:
    """Do one step of plain SGD on variables."""
    import tensorflow as tf

    for name, variable in sources.items():
        rate = tf.constant(learning_rate, variable.value.dtype)
        variable.assign(variable.value - rate * tf.convert_to_tensor(gradients[name]))


def find_tensor(source: Any) -> Any:
    """Return TensorFlow's own variable of one of Keras's; a tensor as it is."""
    import keras

    return source.value if isinstance(source, keras.Variable) else source
