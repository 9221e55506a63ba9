"""Attention, embeddings and positions in NumPy."""

import numpy as np


def _softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def attention(q, k, v, mask=None):
    """q (..., t, d), k (..., s, d), v (..., s, e): (..., t, e).

    mask (..., t, s) is true where q may look.
    """
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    return _softmax(scores) @ v


def multi_head_attention(x, w_in, b_in, w_out, b_out, heads, mask=None):
    """x (n, t, d), w_in (3d, d), b_in (3d,), w_out (d, d), b_out (d,): (n, t, d).

    The rows of w_in are those of q, k and v; a head has d / heads of each.
    """
    n, t, d = x.shape

    def split(part):
        return part.reshape(n, t, heads, d // heads).swapaxes(1, 2)

    q, k, v = np.split(x @ w_in.T + b_in, 3, axis=-1)
    seen = attention(split(q), split(k), split(v), mask)
    return seen.swapaxes(1, 2).reshape(n, t, d) @ w_out.T + b_out


def embedding(ids, table):
    """ids (...) whole numbers, table (count, d): the rows of these numbers, (..., d)."""
    return table[ids]


def positional_encoding(length, d, base=10000.0):
    """Return (length, d): sines of each position in the even columns, cosines in the odd."""
    angles = np.arange(length)[:, None] / base ** (np.arange(0, d, 2) / d)
    out = np.zeros((length, d))
    out[:, 0::2], out[:, 1::2] = np.sin(angles), np.cos(angles)
    return out


def rotary(x, base=10000.0):
    """x (n, t, d): each pair (i, i + d / 2) of a row is turned by its position's angles."""
    _, t, d = x.shape
    angles = np.arange(t)[:, None] / base ** (np.arange(0, d, 2) / d)
    a, b = x[..., : d // 2], x[..., d // 2 :]
    sin, cos = np.sin(angles), np.cos(angles)
    return np.concatenate([a * cos - b * sin, a * sin + b * cos], axis=-1)


def cases():
    rng = np.random.default_rng(4)
    q, k, v = (rng.normal(size=(2, *shape)) for shape in ((3, 4), (5, 4), (5, 6)))
    mask = rng.random((2, 3, 5)) < 0.6
    mask[..., 0] = True  # a row that may look nowhere is no attention
    yield "attention", {"q": q, "k": k, "v": v}
    yield "attention masked", {"q": q, "k": k, "v": v, "mask": mask}
    yield "attention sharp", {"q": 5 * q[0], "k": 5 * k[0], "v": v[0]}

    for n, t, d, heads in ((2, 3, 6, 3), (1, 4, 4, 2)):
        given = {"x": rng.normal(size=(n, t, d)), "heads": heads}
        shapes = {"w_in": (3 * d, d), "b_in": (3 * d,), "w_out": (d, d), "b_out": (d,)}
        given |= {name: rng.normal(0, 0.7, shape) for name, shape in shapes.items()}
        yield f"multi_head_attention {heads} of {d}", given
        causal = np.tril(np.ones((t, t), bool))
        yield f"multi_head_attention {heads} of {d} causal", {**given, "mask": causal}

    table = rng.normal(size=(7, 3))
    yield "embedding of a row", {"ids": np.array([6, 0, 3, 3]), "table": table}
    yield "embedding of sentences", {"ids": rng.integers(0, 7, (2, 4)), "table": table}
    yield "positional_encoding", {"length": 5, "d": 6}
    yield "positional_encoding long", {"length": 40, "d": 4, "base": 100.0}
    yield "rotary", {"x": rng.normal(size=(2, 5, 6))}
    yield "rotary faster", {"x": rng.normal(size=(1, 9, 4)), "base": 50.0}
