"""A convolution over time and its normalisation, with Keras's defaults."""

import keras
import numpy as np
from keras import layers


def make_bank():
    return keras.Sequential(
        [
            keras.Input((9, 4)),
            layers.Conv1D(6, 3, padding="same", name="conv"),
            layers.ReLU(),
            layers.BatchNormalization(momentum=0.99, epsilon=1e-3, name="bn"),
        ]
    )


def inputs():
    return np.random.default_rng(0).normal(size=(2, 9, 4))
