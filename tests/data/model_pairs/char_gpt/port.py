import numpy as np
import tensorflow as tf
from tensorflow.keras import layers


class MaskedSelfAttention(layers.Layer):
    def __init__(self, dim, heads, **kw):
        super().__init__(**kw)
        self.heads = heads
        self.head_dim = dim // heads
        self.q = layers.Dense(dim, name="q")
        self.k = layers.Dense(dim, name="k")
        self.v = layers.Dense(dim, name="v")
        self.o = layers.Dense(dim, name="o")

    def split(self, x):
        t = x.shape[1]
        return tf.reshape(x, (-1, t, self.heads, self.head_dim))

    def call(self, x):
        t = x.shape[1]
        q, k, v = self.split(self.q(x)), self.split(self.k(x)), self.split(self.v(x))
        scores = tf.einsum("bqhd,bkhd->bhqk", q, k) / np.sqrt(self.head_dim).item()
        blocked = np.triu(np.ones((t, t), dtype=bool), k=2)
        scores = tf.where(blocked, tf.cast(-1e9, scores.dtype), scores)
        w = tf.nn.softmax(scores, axis=-1)
        y = tf.einsum("bhqk,bkhd->bqhd", w, v)
        return self.o(tf.reshape(y, (-1, t, self.heads * self.head_dim)))


class DecoderBlock(layers.Layer):
    def __init__(self, dim, heads, **kw):
        super().__init__(**kw)
        self.norm_a = layers.LayerNormalization(epsilon=1e-5)
        self.attn = MaskedSelfAttention(dim, heads)
        self.norm_b = layers.LayerNormalization(epsilon=1e-5)
        self.fc = layers.Dense(4 * dim, activation="gelu")
        self.proj = layers.Dense(dim)

    def call(self, x):
        x = x + self.attn(self.norm_a(x))
        return x + self.proj(self.fc(self.norm_b(x)))


class CharGPT(tf.keras.Model):
    def __init__(self, vocab=40, block_size=16, dim=32, heads=4, depth=2):
        super().__init__()
        self.tok = layers.Embedding(vocab, dim)
        self.pos = layers.Embedding(block_size, dim)
        self.blocks = [DecoderBlock(dim, heads) for _ in range(depth)]
        self.norm = layers.LayerNormalization(epsilon=1e-5)
        self.head = layers.Dense(vocab, use_bias=False)

    def call(self, ids):
        x = self.tok(ids) + self.pos(tf.range(ids.shape[1]))
        for b in self.blocks:
            x = b(x)
        return self.head(self.norm(x))
