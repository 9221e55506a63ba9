"""Two known faults in one line: softmax over the whole batch (F56), no maximum (F52)."""

import numpy as np


def softmax(v):
    return np.exp(v) / np.sum(np.exp(v))
