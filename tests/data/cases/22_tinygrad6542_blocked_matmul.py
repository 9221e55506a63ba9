# SOURCE tinygrad/tinygrad#6542 (2024-09-16): test_broadcastdot fails elsewhere: 1 of 20,250 elements is
#   0.3 % off at rtol 1e-3, atol 1e-6; the sum cancels.
# WRONG: nothing: another order of summation in float32.
import numpy as np


def dot(a, b):
    out = 0
    for start in reversed(range(0, a.shape[-1], 7)):
        out = out + np.einsum("...k,km->...m", a[..., start : start + 7], b[start : start + 7])
    return out


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        self.params = {
            "W1": weight_init_std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": weight_init_std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def predict(self, x):
        p = self.params
        return softmax(dot(sigmoid(dot(x, p["W1"]) + p["b1"]), p["W2"]) + p["b2"])

    def loss(self, x, t):
        y = self.predict(x)
        if t.ndim == 1:
            t = np.eye(y.shape[1], dtype=y.dtype)[t]
        return -np.sum(t * np.log(y + 1e-7)) / x.shape[0]
