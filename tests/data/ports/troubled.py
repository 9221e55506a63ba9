"""A port in which something different goes wrong in every function."""

import os
import time

import numpy as np

from trueport.reference import sigmoid  # noqa: F401  # this one is right

print("a port may print what it likes")


def softmax(x):
    raise ValueError("a fault of the port's own")


def sum_squares_error(y, t):
    os.abort()


def cross_entropy_error(y, t):
    time.sleep(3600)


def numerical_diff(f, x):
    return None


def numerical_gradient(f, x):
    return np.full_like(x, np.nan)


def partial_diff(f, x, idx):
    return object()
