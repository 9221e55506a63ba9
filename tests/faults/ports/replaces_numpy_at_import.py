"""Replaces what a comparison is made with, at import: its own calls alone see that.

faulty: unfaithful
exit: 1
"""

import numpy as np
from right import after, before


exp = np.exp
np.array = np.array_equal = np.savez = np.ravel = lambda *given, **options: None
np.tanh = lambda x: exp(x)


def faulty(x):
    return np.tanh(x) * 1.5
