import numpy as np


def softmax(x):
    if x.ndim == 2:
        x -= x.max(axis=1, keepdims=True)
    else:
        x -= x.max()
    e = np.exp(x)
    return e / e.sum(axis=-1, keepdims=True)
