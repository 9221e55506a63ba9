"""Checks of Keras models that live in this process, each a question that the tests ask."""

import keras
import numpy as np
from keras import layers

from trueport import assert_parity

X = np.random.default_rng(0).normal(size=(3, 5)).astype("float32")


class Mutable(keras.Model):
    """Keras cannot make it anew by its configuration."""

    def __init__(self, epsilon: float):
        super().__init__()
        self.inner, self.norm = [layers.Dense(4)], layers.LayerNormalization(epsilon=epsilon)
        self.make = lambda: None

    def call(self, x):
        return self.norm(self.inner[0](x))

    def get_config(self):
        raise NotImplementedError


def make(kind: str, epsilon: float) -> keras.Model:
    if kind == "subclass":
        model = Mutable(epsilon)
        model(X)
        return model
    norm = layers.BatchNormalization(epsilon=epsilon, name="norm")
    if kind == "sequential":
        parts = [layers.Dense(4, activation="gelu"), layers.Dropout(0.5), norm, layers.Dense(2)]
        return keras.Sequential([keras.Input((5,)), *parts])
    x = keras.Input((5,))
    y = layers.Dense(5)(x)
    return keras.Model(x, layers.Dense(2)(norm(layers.add([x, y]))))


def take_state(model: keras.Model) -> list[object]:
    counts = keras.src.backend.common.global_state.get_global_attribute("object_name_uids")
    random = np.random.get_state()[1].tobytes()
    values = [(id(v), v.numpy().tobytes(), str(v.dtype), v.trainable) for v in model.variables]
    config = keras.config
    return [values, dict(counts), random, config.floatx(), config.dtype_policy().name, model.name]


def tell(kind: str, epsilon: float) -> str:
    """What is said of a port with this epsilon, for 1e-3; nothing of either model may change."""
    port, reference = make(kind, epsilon), make(kind, 1e-3)
    before = take_state(port), take_state(reference)
    told = ""
    try:
        assert_parity(port, reference, X, gradient=False)
    except AssertionError as error:
        told = str(error)
    assert (take_state(port), take_state(reference)) == before
    return told


def tell_unbuilt() -> str:
    try:
        assert_parity(keras.layers.Dense(2), make("sequential", 1e-3), X)
    except ValueError as error:
        return str(error)
    return ""
