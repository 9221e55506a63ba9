"""Two-class cross-entropy of every entry, clipped, and nothing is added up."""

import numpy as np


def cross_entropy_error(y, t):
    p = np.clip(y, 1e-15, 1 - 1e-15)
    return -(t * np.log(p) + (1 - t) * np.log(1 - p))
