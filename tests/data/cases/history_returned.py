"""gradient_descent gives (x, path), as ch04/gradient_method.py of the book."""

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


def gradient_descent(f, init_x, lr=0.01, step_num=100):
    x, path = init_x.copy(), []
    for _ in range(step_num):
        path.append(x.copy())
        x = x - lr * numerical_gradient(f, x)
    return x, np.array(path)
