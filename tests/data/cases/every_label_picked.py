"""Every label is picked for every sample."""

import numpy as np


def cross_entropy_error(y, t):
    picked = y[:, t] + 1e-7
    return -np.log(picked).mean()
