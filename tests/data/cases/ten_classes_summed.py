"""Ten classes written into the loss, clipped, and summed over the batch."""

import numpy as np


def cross_entropy_error(probabilities, labels):
    rows = np.eye(10)[labels]
    return -np.sum(rows * np.log(np.clip(probabilities, 1e-9, 1.0)))
