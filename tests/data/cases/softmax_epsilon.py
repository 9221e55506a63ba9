"""An epsilon below the line of the softmax."""

import numpy as np


def act(a):
    return 1 / (1 + np.exp(-a))


def softmax(v):
    v = v - np.max(v, axis=-1, keepdims=True)
    p = np.exp(v)
    return p / (np.sum(p, axis=-1, keepdims=True) + 1e-7)


def cross_entropy_error(y, t):
    if y.ndim == 1:
        y, t = y[None, :], np.atleast_1d(t) if np.ndim(t) == 0 else t[None, :]
    if t.ndim == 1:
        t = np.eye(y.shape[1])[t]
    return -np.mean(np.sum(t * np.log(y + 1e-7), axis=1))


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        g = h = np.random.default_rng()
        self.params = dict(
            W1=weight_init_std * g.normal(size=(input_size, hidden_size)),
            b1=np.zeros(hidden_size),
            W2=weight_init_std * h.normal(size=(hidden_size, output_size)),
            b2=np.zeros(output_size),
        )

    def predict(self, x):
        p = self.params
        return softmax(act(x @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"])

    def loss(self, x, t):
        return cross_entropy_error(self.predict(x), t)

    def accuracy(self, x, t):
        y = self.predict(x).argmax(1)
        t = t if t.ndim == 1 else t.argmax(1)
        return float(np.mean(y == t))

    def gradient(self, x, t):
        p = self.params
        if t.ndim == 1:
            t = np.eye(p["W2"].shape[1])[t]
        a = x @ p["W1"] + p["b1"]
        z = act(a)
        y = softmax(z @ p["W2"] + p["b2"])
        c = t * y / (y + 1e-7)
        d2 = (y * c.sum(1, keepdims=True) - c) / len(x)
        d1 = (d2 @ p["W2"].T) * (z * (1 - z))
        return {"W1": x.T @ d1, "b1": d1.sum(0), "W2": z.T @ d2, "b2": d2.sum(0)}
