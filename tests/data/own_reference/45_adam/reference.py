import numpy as np


def adam(p, g, m, v, t, lr=1e-3, b1=0.9, b2=0.999, eps=1e-3):
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g**2
    m_hat = m / (1 - b1**t)
    v_hat = v / (1 - b2**t)
    return p - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def cases():
    rng = np.random.default_rng(0)
    p, g = rng.normal(size=(2, 6))
    yield "adam first", {"p": p, "g": 1e-3 * g, "m": np.zeros(6), "v": np.zeros(6), "t": 1}
    yield "adam later", {"p": p, "g": g, "m": 0.1 * g, "v": 1e-3 * g**2, "t": 5}
