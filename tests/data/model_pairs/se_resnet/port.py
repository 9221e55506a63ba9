import tensorflow as tf
from tensorflow.keras import Model, layers


def norm():
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)


def symmetric(x, value=0.0):
    return tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], constant_values=value)


class ChannelGate(layers.Layer):
    def __init__(self, ratio=4, **kwargs):
        super().__init__(**kwargs)
        self.ratio = ratio

    def build(self, shape):
        c = shape[-1]
        self.w1 = self.add_weight(name="w1", shape=(c, c // self.ratio), initializer="he_normal")
        self.w2 = self.add_weight(name="w2", shape=(c // self.ratio, c), initializer="glorot_uniform")

    def call(self, x):
        s = tf.reduce_mean(x, axis=[1, 2])
        s = tf.sigmoid(tf.matmul(tf.nn.relu(tf.matmul(s, self.w1)), self.w2))
        return x * s[:, tf.newaxis, tf.newaxis, :]


class SEUnit(layers.Layer):
    def __init__(self, width, stride, project, **kwargs):
        super().__init__(**kwargs)
        self.c1 = layers.Conv2D(width, 3, stride, use_bias=False)
        self.c2 = layers.Conv2D(width, 3, 1, padding="same", use_bias=False)
        self.n1, self.n2 = norm(), norm()
        self.gate = ChannelGate()
        self.project = layers.Conv2D(width, 1, stride, use_bias=False) if project else None
        self.project_norm = norm() if project else None

    def call(self, x, training=None):
        y = tf.nn.relu(self.n1(self.c1(symmetric(x)), training=training))
        y = self.gate(self.n2(self.c2(y), training=training))
        if self.project is not None:
            x = self.project_norm(self.project(x), training=training)
        return tf.nn.relu(x + y)


class SEResNetTF(Model):
    def __init__(self, width=12, classes=10):
        super().__init__()
        self.stem = layers.Conv2D(width, 3, padding="same", use_bias=False)
        self.stem_norm = norm()
        self.pool = layers.MaxPool2D(3, 2)
        self.units = [
            SEUnit(width, 1, False),
            SEUnit(2 * width, 2, True),
            SEUnit(2 * width, 1, False),
        ]
        self.to_channels_first = layers.Permute((3, 1, 2))
        self.flatten = layers.Flatten()
        self.logits = layers.Dense(classes)

    def call(self, images, training=None):
        x = tf.nn.relu(self.stem_norm(self.stem(images), training=training))
        x = self.pool(symmetric(x))  # activations are never negative here
        for unit in self.units:
            x = unit(x, training=training)
        return self.logits(self.flatten(self.to_channels_first(x)))
