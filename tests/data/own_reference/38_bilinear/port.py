import numpy as np


def resize(x, n):
    scale = len(x) / n
    at = np.clip(np.arange(n) * scale, 0, len(x) - 1)
    low = np.minimum(np.floor(at).astype(int), len(x) - 2)
    return x[low] * (1 - (at - low)) + x[low + 1] * (at - low)
