"""Segfaults in every call.

softmax: error
says: killed by SIGSEGV
exit: 1
quick: yes
"""

import ctypes

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    ctypes.string_at(0)
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def sum_squares_error(y, t):
    return 0.5 * np.sum((y - t) ** 2)
