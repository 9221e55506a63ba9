"""Two-class cross-entropy on many classes, and one sample is not made a row."""

import numpy as np


def cross_entropy_error(y, t):
    eps = 1e-7
    terms = t * np.log(y + eps) + (1 - t) * np.log(1 - y + eps)
    return -terms.sum() / len(y)
