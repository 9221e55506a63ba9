"""Another epsilon, and one sample is not made a row."""

import numpy as np


def cross_entropy_error(y, t):
    return -np.sum(t * np.log(y + 1e-4)) / y.shape[0]
