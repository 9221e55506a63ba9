import numpy as np


def softmax(a):
    e = np.exp(a - a.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def cross_entropy_error(y, t):
    t = np.asarray(t)
    if t.shape != y.shape:
        t = np.eye(y.shape[-1])[t]
    return -np.sum(t * np.log(y + 1e-7)) / (1 if y.ndim == 1 else len(y))


def numerical_gradient(f, x):
    """元の x を壊さないようにコピーを使う"""
    if np.issubdtype(x.dtype, np.integer):
        raise TypeError('integer array')
    h = 1e-4
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        w = x.copy()
        w[i] = x[i] + h
        plus = f(w)
        w[i] = x[i] - h
        minus = f(w)
        grad[i] = (plus - minus) / (2 * h)
    return grad


class simpleNet:
    def __init__(self):
        self.W = np.random.randn(2, 3)

    def predict(self, x):
        return x.dot(self.W)

    def loss(self, x, t):
        return cross_entropy_error(softmax(self.predict(x)), t)
