"""Allocates without end.

faulty: error
says: used more than 600 MB of memory
timeout: 40
exit: 1
"""

import numpy as np
from right import after, before


def faulty(x):
    kept = []
    while True:
        kept.append(np.ones(1_000_000))
