import numpy as np


def rmsprop(p, g, v, lr=0.01, alpha=0.99, eps=1e-2):
    v = alpha * v + (1 - alpha) * g**2
    return p - lr * g / (np.sqrt(v) + eps), v


def cases():
    rng = np.random.default_rng(0)
    p, g = rng.normal(size=(2, 6))
    yield "rmsprop first", {"p": p, "g": g, "v": np.zeros(6)}
    yield "rmsprop later", {"p": p, "g": g, "v": g**2}
