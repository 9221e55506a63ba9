"""Forks, and goes on in both processes.

faulty: faithful
exit: 0
"""

import os

import numpy as np
from right import after, before


def faulty(x):
    os.fork()
    return np.tanh(x) * 1.5
