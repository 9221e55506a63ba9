"""Keras's DenseNet-121."""

import keras


def model() -> keras.Model:
    return keras.applications.DenseNet121(
        weights=None, input_shape=(64, 64, 3), classifier_activation=None
    )
