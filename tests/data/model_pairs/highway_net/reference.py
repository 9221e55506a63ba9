import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class Highway(layers.Layer):
    def __init__(self, units, gate_bias=-2.0, **kwargs):
        super().__init__(**kwargs)
        self.plain = layers.Dense(units, activation="relu", name="plain")
        self.gate = layers.Dense(
            units,
            activation="sigmoid",
            bias_initializer=keras.initializers.Constant(gate_bias),
            name="gate",
        )

    def call(self, x):
        g = self.gate(x)
        return g * self.plain(x) + (tf.ones_like(g) - g) * x


class HighwayNet(keras.Model):
    def __init__(self, units, depth, classes):
        super().__init__(name="highway_net")
        self.reduce = layers.Dense(units, name="reduce")
        self.norm = layers.BatchNormalization(name="norm")
        self.ways = [Highway(units, name=f"way{i}") for i in range(depth)]
        self.drop = layers.Dropout(0.25)
        self.out = layers.Dense(classes, activation="softmax", name="out")

    def call(self, x, training=None):
        x = tf.cast(x, tf.float32)
        x = tf.nn.elu(self.norm(self.reduce(x), training=training))
        for way in self.ways:
            x = way(x)
        return self.out(self.drop(x, training=training))


def phoneme_net():
    return HighwayNet(units=18, depth=3, classes=9)
