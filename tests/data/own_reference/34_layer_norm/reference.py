import numpy as np


def layer_norm(x, eps=1e-5):
    mean = x.mean(axis=-1, keepdims=True)
    var = ((x - mean) ** 2).mean(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(var + eps)


def cases():
    rng = np.random.default_rng(0)
    yield "layer_norm", {"x": rng.normal(size=(4, 8))}
    yield "layer_norm small", {"x": 1e-2 * rng.normal(size=(3, 5))}
