"""The user's own common/ lies two folders up, put on sys.path by the file itself, and its names
are not the book's: `squash` for the sigmoid, no sum_squared_error.
"""

import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
import numpy as np
from common.functions import *


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        rnd = np.random.randn
        self.params = {"W1": weight_init_std * rnd(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": weight_init_std * rnd(hidden_size, output_size), "b2": np.zeros(output_size)}

    def predict(self, x):
        p = self.params
        return softmax(np.dot(squash(np.dot(x, p["W1"]) + p["b1"]), p["W2"]) + p["b2"])
