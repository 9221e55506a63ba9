# SOURCE youbeebee/deeplearning_from_scratch#2 (2020-12-27): "index is out of bounds" from
#   numerical_gradient when it is given a mini-batch's weights.
# WRONG: one flat index over x.size, used on a matrix: only one-dimensional x works.
import numpy as np


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for idx in range(x.size):
        tmp = x[idx]
        x[idx] = tmp + h
        fxh1 = f(x)
        x[idx] = tmp - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = tmp
    return grad
