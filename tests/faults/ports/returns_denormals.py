"""Returns denormal numbers.

faulty: unfaithful
says: elements beyond
exit: 1
"""

import numpy as np
from right import after, before


def faulty(x):
    return np.full(x.shape, 5e-324)
