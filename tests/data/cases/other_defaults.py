"""A step and a number of steps that are not the chapter's, as defaults."""

import numpy as np


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for idx in np.ndindex(x.shape):
        old = x[idx]
        x[idx] = old + h
        up = f(x)
        x[idx] = old - h
        down = f(x)
        grad[idx] = (up - down) / (2 * h)
        x[idx] = old
    return grad


def gradient_descent(f, init_x, learning_rate=0.1, steps=50):
    x = init_x.copy()
    for _ in range(steps):
        x -= learning_rate * numerical_gradient(f, x)
    return x
