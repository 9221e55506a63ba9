"""A loss of scores whose softmax overflows."""

import numpy as np


def cross_entropy(logits, t):
    e = np.exp(logits)
    log_y = np.log(e / e.sum(axis=1, keepdims=True))
    return -log_y[np.arange(len(t)), t].mean()
