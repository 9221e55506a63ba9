"""Of one sample the maximum is subtracted above the line alone."""

import numpy as np


def softmax(x):
    if x.ndim == 2:
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        return e / np.sum(e, axis=1, keepdims=True)
    return np.exp(x - np.max(x)) / np.sum(np.exp(x))
