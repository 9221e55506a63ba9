import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class DeepFM(keras.Model):
    def __init__(self, field_sizes=(20, 20, 20, 20, 20), k=8, hidden=(32, 16), **kwargs):
        super().__init__(**kwargs)
        self.first_order = [layers.Embedding(n, 1, name=f"w_{i}") for i, n in enumerate(field_sizes)]
        self.factors = [layers.Embedding(n, k, name=f"v_{i}") for i, n in enumerate(field_sizes)]
        self.flatten = layers.Flatten()
        self.deep = [layers.Dense(h, activation="relu", name=f"deep_{i}") for i, h in enumerate(hidden)]
        self.drop = layers.Dropout(0.2)
        self.deep_out = layers.Dense(1, name="deep_out")

    def call(self, ids, training=None):
        linear = tf.add_n([emb(ids[:, i]) for i, emb in enumerate(self.first_order)])
        v = tf.stack([emb(ids[:, i]) for i, emb in enumerate(self.factors)], axis=1)

        square_of_sum = tf.square(tf.reduce_sum(v, axis=1))
        sum_of_square = tf.reduce_sum(tf.square(v), axis=1)
        fm = 0.5 * tf.reduce_sum(square_of_sum - sum_of_square, axis=1, keepdims=True)

        h = self.flatten(v)
        for dense in self.deep:
            h = self.drop(dense(h), training=training)
        return tf.sigmoid(linear + fm + self.deep_out(h))
