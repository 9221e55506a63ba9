"""A normalised layer of BERT, with its epsilon."""

import keras
import numpy as np
from keras import layers


def make_layer():
    x = keras.Input((5, 6))
    y = layers.Dense(6, name="dense")(x)
    y = layers.LayerNormalization(epsilon=1e-12, name="norm")(layers.Add()([x, y]))
    return keras.Model(x, y)


def inputs():
    return np.random.default_rng(0).normal(size=(2, 5, 6))
