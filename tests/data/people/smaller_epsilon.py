import numpy as np


def cross_entropy_error(y, t):
    eps = 1e-12
    y2 = y.reshape(-1, y.shape[-1])
    t = np.asarray(t)
    t2 = t.reshape(y2.shape) if t.size == y2.size else np.eye(y2.shape[1])[t.reshape(-1)]
    return -np.sum(t2 * np.log(y2 + eps)) / len(y2)
