"""Returns complex numbers.

faulty: error
says: result.real, result.imag
exit: 1
"""

import numpy as np
from right import after, before


def faulty(x):
    return np.tanh(x) * 1.5 + 0j
