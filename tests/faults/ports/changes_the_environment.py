"""Clears the environment, which the next function reads.

faulty: faithful
says: faulty changes the environment
exit: 0
"""

import os

import numpy as np
from right import before


def faulty(x):
    os.environ.clear()
    return np.tanh(x) * 1.5


def after(x):
    assert os.environ["PATH"]
    return np.log(np.exp(x) + 1.0)
