"""The book's numerical gradient, right for every float array."""

import numpy as np


def numerical_gradient(f, x):
    step, grad = 1e-4, np.zeros_like(x)
    for place in np.ndindex(x.shape):
        kept = x[place]
        x[place] = float(kept) + step
        up = f(x)
        x[place] = kept - step
        down = f(x)
        x[place] = kept
        grad[place] = (up - down) / (2 * step)
    return grad
