"""Calls os._exit in every call.

softmax: error
says: it called os._exit(0)
exit: 1
"""

import os

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    os._exit(0)
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def sum_squares_error(y, t):
    return 0.5 * np.sum((y - t) ** 2)
