"""Returns one number.

faulty: unfaithful
says: must have shape
exit: 1
"""

import numpy as np
from right import after, before


def faulty(x):
    return float(np.tanh(x).sum())
