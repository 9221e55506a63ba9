"""A constructor with one more required argument, the scale of the weights."""

import numpy as np


class TwoLayerNet:
    def __init__(self, weight_init_std, input_size, hidden_size, output_size):
        rnd = np.random.randn
        self.params = {"W1": weight_init_std * rnd(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": weight_init_std * rnd(hidden_size, output_size), "b2": np.zeros(output_size)}

    def predict(self, x):
        p = self.params
        s = np.dot(1 / (1 + np.exp(-np.dot(x, p["W1"]) - p["b1"])), p["W2"]) + p["b2"]
        e = np.exp(s - s.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)
