"""Changes the working folder and the environment.

softmax: faithful
says: softmax changes the working folder
says: softmax changes the environment
exit: 0
"""

import os

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    os.chdir("/")
    os.environ.clear()
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def sum_squares_error(y, t):
    return 0.5 * np.sum((y - t) ** 2)
