"""The block in Keras, with the padding that everybody writes first."""

import keras
from keras import layers


def make_block():
    x = keras.Input((8, 8, 4))
    y = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False, name="conv1")(x)
    y = layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name="bn1")(y)
    y = layers.ReLU()(y)
    y = layers.Conv2D(8, 3, padding="same", use_bias=False, name="conv2")(y)
    y = layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name="bn2")(y)
    shortcut = layers.Conv2D(8, 1, strides=2, use_bias=False, name="shortcut")(x)
    return keras.Model(x, layers.ReLU()(layers.Add()([y, shortcut])))
