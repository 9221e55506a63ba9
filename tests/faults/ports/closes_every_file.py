"""Closes every file of its process, Trueport's too.

faulty: error
says: the process died
exit: 1
"""

import os

import numpy as np
from right import after, before


def faulty(x):
    os.closerange(0, 1000)
    return np.tanh(x) * 1.5
