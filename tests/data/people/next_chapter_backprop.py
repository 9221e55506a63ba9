# ゼロから作るDeep Learning 5章の書き方を4章に持ち込む（レイヤー版）
import numpy as np
from collections import OrderedDict


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        self.dW = np.dot(self.x.T, dout)
        self.db = np.sum(dout, axis=0)
        return np.dot(dout, self.W.T)


class Sigmoid:
    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return dout * (1.0 - self.out) * self.out


def softmax(x):
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        self.params = {
            'W1': weight_init_std * np.random.randn(input_size, hidden_size),
            'b1': np.zeros(hidden_size),
            'W2': weight_init_std * np.random.randn(hidden_size, output_size),
            'b2': np.zeros(output_size),
        }

    def layers(self):
        p = self.params
        return OrderedDict(a1=Affine(p['W1'], p['b1']), s=Sigmoid(), a2=Affine(p['W2'], p['b2']))

    def predict(self, x):
        for layer in self.layers().values():
            x = layer.forward(x)
        return softmax(x)

    def loss(self, x, t):
        y = self.predict(x)
        if y.ndim == 1:
            y, t = y[None], np.asarray(t)[None]
        if t.ndim == 1:
            t = np.eye(y.shape[1])[t]
        return -np.sum(t * np.log(y + 1e-7)) / y.shape[0]

    def gradient(self, x, t):
        layers = self.layers()
        out = x
        for layer in layers.values():
            out = layer.forward(out)
        y = softmax(out)
        if t.ndim == 1:
            t = np.eye(y.shape[1])[t]
        dout = (y - t) / x.shape[0]
        for layer in reversed(layers.values()):
            dout = layer.backward(dout)
        a1, a2 = layers['a1'], layers['a2']
        return {'W1': a1.dW, 'b1': a1.db, 'W2': a2.dW, 'b2': a2.db}
