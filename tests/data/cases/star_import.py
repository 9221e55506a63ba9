"""`from common.functions import *` beside the book's modules."""

import numpy as np
from common.functions import *


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        rnd = np.random.randn
        self.params = {"W1": weight_init_std * rnd(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": weight_init_std * rnd(hidden_size, output_size), "b2": np.zeros(output_size)}

    def predict(self, x):
        p = self.params
        return softmax(np.dot(sigmoid(np.dot(x, p["W1"]) + p["b1"]), p["W2"]) + p["b2"])

    def loss(self, x, t):
        return cross_entropy_error(self.predict(x), t)
