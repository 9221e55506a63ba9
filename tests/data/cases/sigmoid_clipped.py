"""The usual guard against overflow: the argument is clipped to +-500."""

import numpy as np


def sigmoid(v):
    return 1 / (1 + np.exp(-np.clip(v, -500, 500)))
