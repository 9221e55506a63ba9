import numpy as np


def cross_entropy_error(y, t):
    y, t = np.atleast_2d(y), np.asarray(t)
    t = t.reshape(y.shape) if t.size == y.size else np.eye(y.shape[1])[t.reshape(-1)]
    return -np.sum(t * np.log(np.clip(y, 1e-7, 1 - 1e-7) + 1e-7)) / y.shape[0]
