import numpy as np


def batch_norm(x, weight, bias, eps=1e-5):
    mean = x.mean(axis=0)
    var = x.var(axis=0)
    return (x - mean) / np.sqrt(var + eps) * weight + bias


def cases():
    rng = np.random.default_rng(0)
    x = rng.random((32, 16))
    yield "batch_norm", {"x": x, "weight": np.ones(16), "bias": np.zeros(16)}
    yield "batch_norm scaled", {"x": x[:8], "weight": rng.random(16), "bias": rng.random(16)}
