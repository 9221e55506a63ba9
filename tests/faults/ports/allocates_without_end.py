"""Allocates without end.

faulty: error
says: used more than 1000 MB of memory
exit: 1
"""

import numpy as np
from right import after, before


def faulty(x):
    kept = []
    while True:
        kept.append(np.ones(1_000_000))
