"""MNIST two-layer perceptron, plain numpy — study notes for ch.4"""
import numpy as np

sig = lambda v: 1. / (1. + np.exp(-v))


class TwoLayerNet(object):
    def __init__(self, n_input, n_hidden, n_output, scale=.01):
        rnd = np.random.standard_normal
        self.W1, self.b1 = scale * rnd((n_input, n_hidden)), np.zeros(n_hidden)
        self.W2, self.b2 = scale * rnd((n_hidden, n_output)), np.zeros(n_output)

    def forward(self, x):
        self.h = sig(np.matmul(x, self.W1) + self.b1)
        s = np.matmul(self.h, self.W2) + self.b2
        s = np.exp(s - s.max(-1, keepdims=True))
        return s / s.sum(-1, keepdims=True)

    def loss(self, x, t):
        y = self.forward(x)
        if y.ndim == 1:
            y, t = y[None], np.asarray(t)[None]
        if t.ndim == 1:
            picked = y[np.arange(len(t)), t]
            return -np.log(picked + 1e-7).mean()
        return -(t * np.log(y + 1e-7)).sum(axis=1).mean()

    def gradient(self, x, t):
        N = len(x)
        y = self.forward(x)
        if t.ndim < 2:
            t = np.eye(y.shape[1])[t]
        q = t * y / (y + 1e-7)
        d2 = (y * q.sum(1, keepdims=True) - q) / N
        d1 = d2.dot(self.W2.T) * self.h * (1 - self.h)
        return {'dW1': x.T.dot(d1), 'db1': d1.mean(axis=0),
                'dW2': self.h.T.dot(d2), 'db2': d2.mean(axis=0)}
