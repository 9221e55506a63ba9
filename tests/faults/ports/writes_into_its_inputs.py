"""Writes into its input, and returns it.

faulty: unfaithful
says: changed its caller's x
exit: 1
"""

import numpy as np
from right import after, before


def faulty(x):
    np.tanh(x, out=x)
    x *= 1.5
    return x
