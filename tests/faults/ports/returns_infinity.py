"""Returns an infinity in one place.

faulty: unfaithful
says: got inf
exit: 1
"""

import numpy as np
from right import after, before


def faulty(x):
    y = np.tanh(x) * 1.5
    y[0, 0] = np.inf
    return y
