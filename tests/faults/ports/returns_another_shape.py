"""Returns another shape.

faulty: unfaithful
says: must have shape (2, 3) (got (3, 2))
exit: 1
"""

import numpy as np
from right import after, before


def faulty(x):
    return (np.tanh(x) * 1.5).T
