import numpy as np


def log_softmax(x):
    m = np.max(x, axis=-1, keepdims=True)
    return x - m - np.log(np.sum(np.exp(x - m), axis=-1, keepdims=True))


def softmax(x):
    return np.exp(log_softmax(x))


def cross_entropy_error(y, t):
    y = y.reshape(-1, y.shape[-1])
    t = np.asarray(t)
    t = t.reshape(-1) if t.size != y.size else t.reshape(y.shape).argmax(1)
    return -np.log(y[np.arange(len(y)), t] + 1e-7).mean()


class SimpleNet:
    def __init__(self):
        self.W = np.random.normal(size=(2, 3))

    def predict(self, x):
        return x @ self.W

    def loss(self, x, t):
        return cross_entropy_error(np.exp(log_softmax(self.predict(x))), t)
