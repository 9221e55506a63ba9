import numpy as np


def rmsprop(p, g, v, lr=0.01, alpha=0.99, eps=1e-2):
    v = alpha * v + (1 - alpha) * g**2
    return p - lr * g / np.sqrt(v + eps), v
