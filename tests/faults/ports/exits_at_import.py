"""Calls os._exit when it is imported.

faulty: faithful
says: it called os._exit(3)
exit: 0
"""

import os

import numpy as np
from right import after, before


os._exit(3)


def faulty(x):
    return np.tanh(x) * 1.5
