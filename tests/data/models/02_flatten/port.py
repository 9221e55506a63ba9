"""The same in Keras, where images have their channels last."""

import keras
from keras import layers


def make_model():
    return keras.Sequential(
        [
            keras.Input((8, 10, 1)),
            layers.Conv2D(3, 3, activation="relu", name="conv"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(5, name="fc"),
        ]
    )
