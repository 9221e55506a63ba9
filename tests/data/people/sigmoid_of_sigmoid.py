# coding: utf-8
# 2層ニューラルネットワーク (誤差逆伝播つき)
import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_grad(x):
    return (1.0 - sigmoid(x)) * sigmoid(x)


def softmax(x):
    x = x - np.max(x, axis=-1, keepdims=True)
    return np.exp(x) / np.sum(np.exp(x), axis=-1, keepdims=True)


def cross_entropy_error(y, t):
    if y.ndim == 1:
        y, t = y.reshape(1, y.size), np.reshape(t, (1,) + np.shape(t))
    if t.size == y.size:
        t = t.argmax(axis=1)
    n = y.shape[0]
    return -np.sum(np.log(y[np.arange(n), t] + 1e-7)) / n


class TwoLayerNet:

    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        self.params = dict(
            W1=weight_init_std * np.random.randn(input_size, hidden_size),
            b1=np.zeros(hidden_size),
            W2=weight_init_std * np.random.randn(hidden_size, output_size),
            b2=np.zeros(output_size))

    def predict(self, x):
        p = self.params
        h = sigmoid(x @ p['W1'] + p['b1'])
        return softmax(h @ p['W2'] + p['b2'])

    def loss(self, x, t):
        return cross_entropy_error(self.predict(x), t)

    def accuracy(self, x, t):
        t = t if t.ndim == 1 else t.argmax(axis=1)
        return np.mean(self.predict(x).argmax(axis=1) == t)

    def gradient(self, x, t):
        p = self.params
        if t.ndim == 1:
            t = np.identity(p['b2'].size)[t]
        n = x.shape[0]
        z1 = sigmoid(x @ p['W1'] + p['b1'])
        y = softmax(z1 @ p['W2'] + p['b2'])
        # log(y + 1e-7) の微分まで含める
        g = -t / (y + 1e-7) / n
        dy = y * (g - (g * y).sum(axis=1, keepdims=True))
        dz = (dy @ p['W2'].T) * sigmoid_grad(z1)
        return {'W1': x.T @ dz, 'b1': dz.sum(0), 'W2': z1.T @ dy, 'b2': dy.sum(0)}
