"""Returns complex numbers.

faulty: error
says: returned complex numbers (result) where the reference returns real ones
exit: 1
"""

import numpy as np
from right import after, before


def faulty(x):
    return np.tanh(x) * 1.5 + 0j
