"""Returns lists of numbers for an array.

faulty: faithful
exit: 0
"""

import numpy as np
from right import after, before


def faulty(x):
    return (np.tanh(x) * 1.5).tolist()
