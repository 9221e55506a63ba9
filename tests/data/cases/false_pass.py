"""The one faulty function has a misspelt name, and is passed over in silence."""

import numpy as np


def sum_squares_error(y, t):
    return 0.5 * np.sum((y - t) ** 2)


def cross_entrophy_error(y, t):
    return np.sum(t * np.log(y)) / len(y) ** 2
