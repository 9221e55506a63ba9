import numpy as np


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size):
        r = np.random.RandomState()
        self.params = {'W1': 0.01 * r.randn(input_size, hidden_size), 'b1': np.zeros(hidden_size),
                       'W2': 0.01 * r.randn(hidden_size, output_size), 'b2': np.zeros(output_size)}

    def predict(self, x):
        p = self.params
        s = 1 / (1 + np.exp(-(x @ p['W1'] + p['b1']))) @ p['W2'] + p['b2']
        e = np.exp(s - s.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)

    def accuracy(self, x, t):
        t = t.argmax(axis=1) if t.ndim == 2 else t
        hits = np.sum(self.predict(x).argmax(axis=1) == t)
        return hits // x.shape[0]
