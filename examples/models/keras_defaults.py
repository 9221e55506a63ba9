"""The same network with the defaults of Keras: four of them are not torch's."""

import keras
from keras import layers


def add_block(x: keras.KerasTensor, channels: int) -> keras.KerasTensor:
    y = layers.Conv2D(channels, 3, padding="same", use_bias=False, name="conv1")(x)
    y = layers.ReLU()(layers.BatchNormalization(name="bn1")(y))
    y = layers.Conv2D(channels, 3, padding="same", use_bias=False, name="conv2")(y)
    y = layers.BatchNormalization(name="bn2")(y)
    return layers.ReLU()(layers.add([x, y]))


def make_net() -> keras.Model:
    x = images = keras.Input((8, 10, 3))
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu", name="stem")(x)
    x = add_block(x, 8)
    x = layers.Flatten()(x)
    return keras.Model(images, layers.Dense(10, name="head")(x))
