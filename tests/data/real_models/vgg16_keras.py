"""The convolutions of Keras's VGG16."""

import keras


def model() -> keras.Model:
    return keras.applications.VGG16(weights=None, include_top=False, input_shape=(64, 64, 3))
