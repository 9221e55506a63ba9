import numpy as np

batch_size = 100


def cross_entropy_error(y, t):
    y = np.atleast_2d(y)
    t = np.asarray(t)
    if t.size != y.size:
        t = np.eye(y.shape[1])[t.reshape(-1)]
    return -np.sum(t.reshape(y.shape) * np.log(y + 1e-7)) / batch_size
