"""Seeds the generators anew, and leaves them elsewhere.

faulty: faithful
exit: 0
"""

import random

import numpy as np
from right import after, before


def faulty(x):
    np.random.seed(None)
    random.seed()
    np.random.rand(7)
    return np.tanh(x) * 1.5
