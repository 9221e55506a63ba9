"""Of one sample the sum is subtracted, where the maximum should be."""

import numpy as np


def softmax(x):
    if x.ndim == 2:
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        return e / np.sum(e, axis=1, keepdims=True)
    e = np.exp(x - x.sum())
    return e / np.sum(e)
