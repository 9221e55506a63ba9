"""Attention, embeddings and positions in Keras."""

import keras
from keras import ops


def attention(q, k, v, mask=None):
    # ops.dot_product_attention wants (n, t, heads, d); keras.layers.Attention does not divide by
    # the root of d
    scores = ops.matmul(q, ops.swapaxes(k, -1, -2)) / q.shape[-1] ** 0.5
    if mask is not None:
        scores = ops.where(mask, scores, -float("inf"))
    return ops.matmul(ops.softmax(scores, axis=-1), v)


def multi_head_attention(x, w_in, b_in, w_out, b_out, heads, mask=None):
    # keras.layers.MultiHeadAttention rounds its 1 / sqrt(d / heads) to float32, in float64 too
    n, t, d = x.shape

    def split(part):
        return ops.swapaxes(ops.reshape(part, (n, t, heads, d // heads)), 1, 2)

    q, k, v = ops.split(ops.matmul(x, ops.transpose(w_in)) + b_in, 3, axis=-1)
    seen = attention(split(q), split(k), split(v), mask)
    joined = ops.reshape(ops.swapaxes(seen, 1, 2), (n, t, d))
    return ops.matmul(joined, ops.transpose(w_out)) + b_out


def embedding(ids, table):
    return ops.take(table, ids, axis=0)


def _angles(length, d, base, dtype):
    positions, columns = ops.arange(length, dtype=dtype), ops.arange(0, d, 2, dtype=dtype)
    return positions[:, None] / base ** (columns / d)


def positional_encoding(length, d, base=10000.0):
    # keras_hub's and many others' have all the sines first
    angles = _angles(length, d, base, keras.config.floatx())
    return ops.reshape(ops.stack([ops.sin(angles), ops.cos(angles)], axis=-1), (length, d))


def rotary(x, base=10000.0):
    angles = _angles(x.shape[1], x.shape[2], base, x.dtype)
    sin, cos = ops.sin(angles), ops.cos(angles)
    a, b = ops.split(x, 2, axis=-1)
    return ops.concatenate([a * cos - b * sin, a * sin + b * cos], axis=-1)
