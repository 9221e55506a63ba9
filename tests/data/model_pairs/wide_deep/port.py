import tensorflow as tf
from tensorflow.keras import Input, Model, Sequential
from tensorflow.keras.layers import Activation, Add, Dense, LayerNormalization


def tower():
    return Sequential([
        Dense(24, activation="selu"),
        Dense(12, activation="selu"),
        LayerNormalization(epsilon=1e-3),
    ], name="tower")


def split_head(wide, deep, units, activation, name):
    """One linear map over [wide, deep], kept as two matrices."""
    a = Dense(units, use_bias=False, name=name + "_wide")(wide)
    b = Dense(units, name=name + "_deep")(deep)
    return Activation(activation, name=name)(Add()([a, b]))


def get_model():
    wide = Input((7,))
    dense_features = Input((10,))
    deep = tower()(dense_features)
    outputs = {
        "rating": split_head(wide, deep, 5, tf.nn.softmax, "rating"),
        "click": split_head(wide, deep, 1, tf.nn.sigmoid, "click"),
    }
    return Model(inputs=[wide, dense_features], outputs=outputs)
