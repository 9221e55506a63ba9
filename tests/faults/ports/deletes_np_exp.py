"""Deletes np.exp.

faulty: faithful
says: faulty replaces numpy.exp
exit: 0
"""

import numpy as np
from right import after, before


def faulty(x):
    y = np.tanh(x) * 1.5
    del np.exp
    return y
