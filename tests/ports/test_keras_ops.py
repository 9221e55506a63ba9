"""What an adapter asks of Keras: a model with its weights made."""

from typing import Any

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")


def test_a_model_whose_call_is_a_graph_follows_its_weights() -> None:
    import keras

    from trueport.compare.ports.user_code.keras_ops import prepare_model

    class Net(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(2)

        @tf.function  # type: ignore[untyped-decorator]  # TensorFlow has no types
        def call(self, x: Any) -> Any:
            return self.dense(x)

    net = prepare_model(Net(), "float32", 3)
    for weight in net.trainable_weights:
        weight.assign(np.ones(weight.shape))
    x = tf.constant([[1.0, 2.0, 3.0]])  # of the shape that the weights were made with
    assert np.allclose(net(x), [[7.0, 7.0]])
    assert not tf.config.functions_run_eagerly()
