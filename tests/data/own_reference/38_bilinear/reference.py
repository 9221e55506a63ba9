import numpy as np


def resize(x, n):
    scale = len(x) / n
    at = (np.arange(n) + 0.5) * scale - 0.5
    at = np.clip(at, 0, len(x) - 1)
    low = np.minimum(np.floor(at).astype(int), len(x) - 2)
    return x[low] * (1 - (at - low)) + x[low + 1] * (at - low)


def cases():
    yield "resize", {"x": np.arange(4.0) ** 2, "n": 8}
    yield "resize down", {"x": np.arange(7.0) ** 2, "n": 3}
