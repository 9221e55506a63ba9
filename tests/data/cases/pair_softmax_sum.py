"""F90 (divided by the sum of the inputs) in the form for one sample."""

import numpy as np


def softmax(v):
    return np.exp(v - np.max(v)) / np.sum(v)
