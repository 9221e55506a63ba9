"""gradient_descent changes its caller's init_x (F42), as the book's does."""

import numpy as np


def numerical_gradient(f, x):
    assert x.dtype.kind == "f"  # an integer array is refused: that is another kind
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


def gradient_descent(f, init_x, lr=0.01, step_num=100):
    x = init_x
    for _ in range(step_num):
        x -= lr * numerical_gradient(f, x)
    return x
