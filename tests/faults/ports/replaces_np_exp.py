"""Replaces np.exp, np.asarray and np.savez for good, in a call.

faulty: faithful
says: faulty replaces numpy.
exit: 0
quick: yes
"""

import numpy as np
from right import after, before


def faulty(x):
    y = np.tanh(x) * 1.5
    np.exp = np.asarray = np.savez = np.array = lambda *given, **options: 0.0
    return y
