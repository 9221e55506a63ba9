import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    m = np.max(x, axis=-1, keepdims=True)
    z = np.exp(x - m)
    return z / np.sum(z, axis=-1, keepdims=True)


def cross_entropy_error(y, t):
    t = np.asarray(t)
    if y.ndim == 1:
        y, t = y[None, :], t[None]
    if t.ndim == 2:
        return -np.sum(t * np.log(y + 1e-7)) / len(y)
    return -np.sum(np.log(y[np.arange(len(y)), t] + 1e-7)) / len(y)


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=0.01):
        self.params = {}
        self.params['W1'] = np.random.normal(0, std, (input_size, hidden_size))
        self.params['b1'] = np.zeros(hidden_size)
        self.params['W2'] = np.random.normal(0, std, (hidden_size, output_size))
        self.params['b2'] = np.zeros(output_size)

    def predict(self, x):
        a1 = np.dot(x, self.params['W1']) + self.params['b1']
        a2 = np.dot(sigmoid(a1), self.params['W2']) + self.params['b2']
        return softmax(a2)

    def loss(self, x, t):
        return cross_entropy_error(self.predict(x), t)

    # 逆伝播
    def gradient(self, x, t):
        if t.ndim == 1:
            t = np.eye(len(self.params['b2']))[t]
        a1 = np.dot(x, self.params['W1']) + self.params['b1']
        z1 = sigmoid(a1)
        y = softmax(np.dot(z1, self.params['W2']) + self.params['b2'])
        w = t * y / (y + 1e-7)
        dy = y * w.sum(axis=1, keepdims=True) - w
        grads = {}
        grads['W2'] = np.dot(z1.T, dy)
        grads['b2'] = np.sum(dy, axis=0)
        da1 = np.dot(dy, self.params['W2'].T) * z1 * (1 - z1)
        grads['W1'] = np.dot(x.T, da1)
        grads['b1'] = np.sum(da1, axis=0)
        return grads
