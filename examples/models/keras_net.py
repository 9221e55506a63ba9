"""The same network in Keras: its settings are torch's, where the defaults differ."""

import keras
from keras import layers

NORM = {"epsilon": 1e-5, "momentum": 0.9}


def add_block(x: keras.KerasTensor, channels: int) -> keras.KerasTensor:
    y = layers.Conv2D(channels, 3, padding="same", use_bias=False, name="conv1")(x)
    y = layers.ReLU()(layers.BatchNormalization(name="bn1", **NORM)(y))
    y = layers.Conv2D(channels, 3, padding="same", use_bias=False, name="conv2")(y)
    y = layers.BatchNormalization(name="bn2", **NORM)(y)
    return layers.ReLU()(layers.add([x, y]))


def make_net() -> keras.Model:
    x = images = keras.Input((8, 10, 3))
    x = layers.ZeroPadding2D(1)(x)  # Keras's "same" pads on one side alone where the stride is 2
    x = layers.Conv2D(8, 3, strides=2, activation="relu", name="stem")(x)
    x = add_block(x, 8)
    x = layers.Flatten()(layers.Permute((3, 1, 2))(x))  # torch flattens with the channels first
    return keras.Model(images, layers.Dense(10, name="head")(x))
