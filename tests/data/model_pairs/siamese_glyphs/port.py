import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class GlyphTower(layers.Layer):
    """Shared tower. Images come in as (batch, height, width, 1)."""

    def __init__(self, filters, emb_dim, **kwargs):
        super().__init__(**kwargs)
        self.stages = []
        for f in (filters, 2 * filters):
            self.stages.append((
                layers.Conv2D(f, 3, padding="valid"),
                layers.BatchNormalization(momentum=0.9, epsilon=1e-5),
            ))
        self.convs = [s[0] for s in self.stages]
        self.norms = [s[1] for s in self.stages]
        self.pool = layers.MaxPooling2D(2)
        self.fc = layers.Dense(emb_dim, activation="sigmoid")

    def call(self, x, training=None):
        for conv, norm in zip(self.convs, self.norms):
            x = self.pool(tf.nn.relu(norm(conv(x), training=training)))
        # channel-major order, as the dense weights expect it
        x = tf.transpose(x, [0, 3, 1, 2])
        x = tf.reshape(x, [tf.shape(x)[0], x.shape[1] * x.shape[2] * x.shape[3]])
        return self.fc(x)


class GlyphMatcher(keras.Model):
    def __init__(self, filters=8, emb_dim=24):
        super().__init__()
        self.tower = GlyphTower(filters, emb_dim)
        self.head = layers.Dense(1)

    def call(self, inputs, training=None):
        left, right = inputs
        left = tf.cast(left, tf.float32)
        right = tf.cast(right, tf.float32)
        distance = tf.abs(self.tower(left, training=training) - self.tower(right, training=training))
        return tf.sigmoid(self.head(distance))
