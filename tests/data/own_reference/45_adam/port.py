import numpy as np


def adam(p, g, m, v, t, lr=1e-3, b1=0.9, b2=0.999, eps=1e-3):
    lr_t = lr * np.sqrt(1 - b2**t) / (1 - b1**t)
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g**2
    return p - lr_t * m / (np.sqrt(v) + eps), m, v
