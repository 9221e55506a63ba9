"""`import cupy as np`, or an own module that cannot be had here (its data file, its download, its
root folder is missing): the import is skipped, and all that needs it raises.
"""

import cupy as np


def sigmoid(v):
    return 1 / (1 + np.exp(-v))
