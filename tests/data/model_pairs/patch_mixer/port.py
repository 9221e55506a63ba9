import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

MEAN = [0.485, 0.456, 0.406]
STD = [0.229, 0.224, 0.225]


class MlpBlock(layers.Layer):
    def __init__(self, hidden, out, rate, **kwargs):
        super().__init__(**kwargs)
        self.d1 = layers.Dense(hidden)
        self.drop = layers.Dropout(rate)
        self.d2 = layers.Dense(out)

    def call(self, x, training=None):
        x = tf.nn.gelu(self.d1(x), approximate=False)
        return self.d2(self.drop(x, training=training))


class MixerBlock(layers.Layer):
    def __init__(self, n_patches, width, rate=0.1, **kwargs):
        super().__init__(**kwargs)
        self.channel_norm = layers.LayerNormalization(epsilon=1e-6)
        self.token_norm = layers.LayerNormalization(epsilon=1e-6)
        self.channel_mlp = MlpBlock(2 * width, width, rate)
        self.token_mlp = MlpBlock(12, n_patches, rate)

    def call(self, x, training=None):
        t = tf.transpose(self.token_norm(x), perm=[0, 2, 1])
        t = self.token_mlp(t, training=training)
        x = x + tf.transpose(t, perm=[0, 2, 1])
        return x + self.channel_mlp(self.channel_norm(x), training=training)


class PatchMixer(keras.Model):
    """MLP-Mixer on NHWC images in [0, 1]."""

    def __init__(self, image_size=16, patch=4, width=24, depth=2, classes=6, **kwargs):
        super().__init__(**kwargs)
        self.grid = image_size // patch
        self.patch = patch
        self.embed = layers.Dense(width, name="patch_embed")
        self.blocks = [MixerBlock(self.grid ** 2, width, name=f"mixer_{i}") for i in range(depth)]
        self.final_norm = layers.LayerNormalization(epsilon=1e-6)
        self.classifier = layers.Dense(classes)

    def to_patches(self, images):
        g, p = self.grid, self.patch
        x = tf.reshape(images, (-1, g, p, g, p, 3))
        x = tf.transpose(x, (0, 1, 3, 2, 4, 5))
        return tf.reshape(x, (-1, g * g, p * p * 3))

    def call(self, images, training=None):
        images = tf.cast(images, tf.float32)
        images = (images - tf.constant(MEAN)) / tf.constant(STD)
        x = self.embed(self.to_patches(images))
        for block in self.blocks:
            x = block(x, training=training)
        x = tf.reduce_mean(self.final_norm(x), axis=1)
        return self.classifier(x)
