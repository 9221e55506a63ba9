"""Whatever raises is 'explained' by any fault that raises too."""

import numpy as np


def numerical_gradient(f, x):
    assert x.dtype.kind == "f"  # an integer array is refused: that is another kind
    step, grad = 1e-4, np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        kept = x[place]
        x[place] = kept + step
        up = f(x)
        x[place] = kept - step
        grad[place] = (up - f(x)) / (2 * step)
        x[place] = kept
    return grad


def gradient_descent(f, initial_x, learning_rate, iterate_num):
    x = initial_x
    for _ in range(iterate_num):
        x = x - learning_rate * numerical_gradient(f, x)
    return x
