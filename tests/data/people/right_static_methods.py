import numpy as np


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        self.params = {
            'W1': np.random.randn(input_size, hidden_size) * weight_init_std,
            'b1': np.zeros(hidden_size),
            'W2': np.random.randn(hidden_size, output_size) * weight_init_std,
            'b2': np.zeros(output_size),
        }

    @staticmethod
    def sigmoid(x):
        return np.where(x >= 0, 1, np.exp(-np.abs(x))) / (1 + np.exp(-np.abs(x)))

    @staticmethod
    def softmax(x):
        e = np.exp(x - np.max(x, axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)

    @staticmethod
    def cross_entropy(y, t):
        if y.ndim == 1:
            y, t = y[None], np.asarray(t)[None]
        if t.ndim == 1:
            return -np.log(y[np.arange(t.size), t] + 1e-7).sum() / t.size
        return -(np.log(y + 1e-7) * t).sum() / len(t)

    def predict(self, x):
        z = self.sigmoid(x.dot(self.params['W1']) + self.params['b1'])
        return self.softmax(z.dot(self.params['W2']) + self.params['b2'])

    def loss(self, x, t):
        return self.cross_entropy(self.predict(x), t)

    def accuracy(self, x, t):
        labels = t.argmax(1) if t.ndim == 2 else t
        return np.count_nonzero(self.predict(x).argmax(1) == labels) / len(labels)

    def numerical_gradient(self, x, t):
        return {key: self._diff(lambda: self.loss(x, t), self.params[key]) for key in self.params}

    @staticmethod
    def _diff(f, w, h=1e-4):
        g = np.empty_like(w)
        for i in np.ndindex(w.shape):
            old = w[i]
            w[i] = old + h
            up = f()
            w[i] = old - h
            down = f()
            w[i] = old
            g[i] = (up - down) / (2 * h)
        return g
