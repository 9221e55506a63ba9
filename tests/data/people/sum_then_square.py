import numpy as np


def sum_squares_error(y, t):
    s = np.sum(y - t)
    return (s ** 2) / 2
