"""One loss for each sample: the mean is missing, and the logarithm has no epsilon."""

import numpy as np


def cross_entropy_error(y, t):
    picked = y[np.arange(len(y)), t]
    return -np.log(picked)
