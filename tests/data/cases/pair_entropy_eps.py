"""One-hot alone (F101) with another epsilon, 1e-4 (F26): two conventions."""

import numpy as np


def cross_entropy_error(y, t):
    if y.ndim == 1:
        y, t = y.reshape(1, y.size), t.reshape(1, t.size)
    return -np.sum(t * np.log(y + 1e-4)) / y.shape[0]
