"""An assignment for a subtraction."""

import numpy as np


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for idx in np.ndindex(*x.shape):
        value = x[idx]
        x[idx] = value + h
        high = f(x)
        x[idx] = value - h
        grad[idx] = (high - f(x)) / (2 * h)
        x[idx] = value
    return grad


def gradient_descent(f, init_x, lr=0.01, step_num=100):
    x = init_x.copy()
    for _ in range(step_num):
        x = lr * numerical_gradient(f, x)
    return x
