"""Returns 10 GB.

faulty: error
says: used more than 600 MB of memory
timeout: 40
exit: 1
"""

import numpy as np
from right import after, before


def faulty(x):
    return np.ones(10_000_000_000 // 8)
