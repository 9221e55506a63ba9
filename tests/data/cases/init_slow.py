"""One matrix is drawn from rand instead of randn (F81 for one of the two)."""

import numpy as np


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        self.params = {"W1": weight_init_std * np.random.randn(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": weight_init_std * np.random.rand(hidden_size, output_size), "b2": np.zeros(output_size)}

    def predict(self, x):
        p = self.params
        s = np.dot(1 / (1 + np.exp(-np.dot(x, p["W1"]) - p["b1"])), p["W2"]) + p["b2"]
        e = np.exp(s - s.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)
