"""Returns 10 GB.

faulty: error
says: used more than 1000 MB of memory
exit: 1
"""

import numpy as np
from right import after, before


def faulty(x):
    return np.ones(10_000_000_000 // 8)
