"""Lowers the recursion limit to next to nothing.

faulty: faithful
says: faulty changes the recursion limit
exit: 0
"""

import sys

import numpy as np
from right import after, before


def faulty(x):
    sys.setrecursionlimit(60)
    return np.tanh(x) * 1.5
