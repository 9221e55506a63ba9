import numpy as np


def cross_entropy_error(y, t):
    # MATLAB から移植
    y = y if y.ndim == 2 else y[None]
    t = np.asarray(t)
    if t.size != y.size:
        t = np.eye(y.shape[1])[t.reshape(-1) - 1]
    return -np.sum(t.reshape(y.shape) * np.log(y + 1e-7)) / y.shape[0]
