"""ReLU (or tanh, or nothing) in the hidden layer, scores without softmax: the next chapter's
network. Ten files.
"""

import numpy as np


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        rnd = np.random.randn
        self.params = {"W1": weight_init_std * rnd(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": weight_init_std * rnd(hidden_size, output_size), "b2": np.zeros(output_size)}

    def predict(self, x):
        p = self.params
        return np.dot(np.maximum(np.dot(x, p["W1"]) + p["b1"], 0), p["W2"]) + p["b2"]
