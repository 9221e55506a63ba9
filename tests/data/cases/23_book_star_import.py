# SOURCE oreilly-japan/deep-learning-from-scratch, ch04/two_layer_net.py (the book's own file) begins with
#   `from common.functions import *`; so does nearly every reader's copy.
# WRONG: nothing.
import numpy as np
from common.functions import *


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        self.params = {"W1": weight_init_std * np.random.randn(input_size, hidden_size),
                       "b1": np.zeros(hidden_size),
                       "W2": weight_init_std * np.random.randn(hidden_size, output_size),
                       "b2": np.zeros(output_size)}

    def predict(self, x):
        z1 = sigmoid(np.dot(x, self.params["W1"]) + self.params["b1"])
        return softmax(np.dot(z1, self.params["W2"]) + self.params["b2"])
