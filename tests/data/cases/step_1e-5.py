"""Another step, which one function alone shows."""

import numpy as np


def numerical_gradient(f, x):
    grad, h = np.zeros_like(x), 1e-5
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + h
        above = f(x)
        x[i] = kept - h
        grad[i] = (above - f(x)) / (2 * h)
        x[i] = kept
    return grad
