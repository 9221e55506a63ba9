"""Keras's MobileNetV2."""

import keras


def model() -> keras.Model:
    return keras.applications.MobileNetV2(
        weights=None, input_shape=(64, 64, 3), classifier_activation=None
    )
