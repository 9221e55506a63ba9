"""The loop runs over rows, and what is set aside is a view of the row."""

import numpy as np


def numerical_gradient(f, x):
    grad, h = np.zeros_like(x), 1e-4
    for i in range(len(x)):
        kept = x[i]
        x[i] = kept + h
        above = f(x)
        x[i] = kept - h
        below = f(x)
        grad[i] = (above - below) / (2 * h)
        x[i] = kept
    return grad
