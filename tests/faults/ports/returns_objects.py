"""Returns an array of objects.

faulty: error
says: must hold numbers (got an array of objects)
exit: 1
"""

import numpy as np
from right import after, before


def faulty(x):
    return (np.tanh(x) * 1.5).astype(object)
