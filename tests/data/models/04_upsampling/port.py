"""The end of the network with Keras's own layer."""

import keras
from keras import layers


def make_head():
    return keras.Sequential(
        [
            keras.Input((5, 6, 4)),
            layers.Conv2D(3, 1, name="logits"),
            layers.UpSampling2D(4, interpolation="bilinear", name="up"),
        ]
    )
