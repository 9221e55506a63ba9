"""Returns a view that stands for 10 GB and takes 8 bytes.

faulty: error
says: used more than 600 MB of memory
timeout: 40
exit: 1
"""

import numpy as np
from right import after, before


def faulty(x):
    return np.broadcast_to(1.0, 10_000_000_000 // 8)
