"""Keras's EfficientNet-B0."""

import keras


def model() -> keras.Model:
    return keras.applications.EfficientNetB0(
        weights=None, input_shape=(64, 64, 3), classifier_activation=None
    )
