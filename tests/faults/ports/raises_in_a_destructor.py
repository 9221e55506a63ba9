"""Raises where its objects are deleted.

faulty: faithful
exit: 0
"""

import numpy as np
from right import after, before


class Falling:
    def __del__(self):
        raise RuntimeError("in a destructor")


def faulty(x):
    Falling()
    return np.tanh(x) * 1.5
