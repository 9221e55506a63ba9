"""Lets NumPy raise on underflow, which the next component meets.

softmax: faithful
says: softmax changes np.seterr
exit: 0
"""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    np.seterr(all="raise")
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def sum_squares_error(y, t):
    return 0.5 * np.sum((y - t) ** 2)
