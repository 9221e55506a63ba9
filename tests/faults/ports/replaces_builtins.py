"""Replaces sum, len and isinstance for good, in a call.

faulty: faithful
says: faulty replaces builtins.
exit: 0
"""

import builtins

import numpy as np
from right import after, before


def faulty(x):
    builtins.sum = builtins.len = builtins.isinstance = lambda *given: 0
    return np.tanh(x) * 1.5
