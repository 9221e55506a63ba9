"""Labels as numbers, the chapter's ten classes written into the loss."""

import numpy as np


def cross_entropy_error(probabilities, labels):
    rows = np.eye(10)[labels]
    return np.mean(-np.log(probabilities + 1e-7)[rows == 1])
