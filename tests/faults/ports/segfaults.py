"""Segfaults in a call.

faulty: error
says: killed by SIGSEGV
exit: 1
quick: yes
"""

import ctypes

import numpy as np
from right import after, before


def faulty(x):
    ctypes.string_at(0)
    return np.tanh(x) * 1.5
