# 2層ネットワーク (数値微分のみ)
import numpy as np


def softmax(a):
    e = np.exp(a - a.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def numerical_gradient(f, x):
    if x.dtype.kind != 'f':
        raise TypeError('float only')
    g = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        v = x[i]
        x[i] = v + 1e-4
        up = f(x)
        x[i] = v - 1e-4
        dn = f(x)
        x[i] = v
        g[i] = (up - dn) / 2e-4
    return g


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        self.params = {}
        self.params['W1'] = weight_init_std * np.random.randn(input_size, hidden_size)
        self.params['b1'] = np.zeros(hidden_size)
        self.params['W2'] = weight_init_std * np.random.randn(hidden_size, output_size)
        self.params['b2'] = np.zeros(output_size)

    def predict(self, x):
        z = 1 / (1 + np.exp(-(np.dot(x, self.params['W1']) + self.params['b1'])))
        return softmax(np.dot(z, self.params['W2']) + self.params['b2'])

    def loss(self, x, t):
        y = self.predict(x)
        hot = np.eye(y.shape[-1])[t] if t.shape != y.shape else t
        return -(hot * np.log(y + 1e-7)).sum(axis=-1).mean()

    def numerical_gradient(self, x, t):
        f = lambda W: self.loss(x, t)
        grads = {}
        grads['W1'] = numerical_gradient(f, self.params['W1'])
        grads['b1'] = numerical_gradient(f, self.params['b1'])
        grads['W2'] = numerical_gradient(f, self.params['W2'])
        grads['b2'] = numerical_gradient(f, self.params['b1'])   # コピペ
        return grads
