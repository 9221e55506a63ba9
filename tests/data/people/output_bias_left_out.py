# 순전파만 (predict / loss / accuracy)
import numpy as np


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size):
        def weights(rows, cols):
            return np.random.randn(rows, cols) * 0.01
        self.params = {'W1': weights(input_size, hidden_size), 'b1': np.zeros(hidden_size),
                       'W2': weights(hidden_size, output_size), 'b2': np.zeros(output_size)}

    def predict(self, x):
        W1, b1, W2, b2 = [self.params[k] for k in ('W1', 'b1', 'W2', 'b2')]
        hidden = 1 / (1 + np.exp(-(np.dot(x, W1) + b1)))
        score = np.dot(hidden, W2)
        score = score - score.max(axis=-1, keepdims=True)
        return np.exp(score) / np.exp(score).sum(axis=-1, keepdims=True)

    def loss(self, x, t):
        y = self.predict(x)
        if t.shape != y.shape:
            t = np.eye(y.shape[-1])[t]
        n = 1 if y.ndim == 1 else len(y)
        return -np.sum(t * np.log(y + 1e-7)) / n

    def accuracy(self, x, t):
        y = np.argmax(self.predict(x), axis=1)
        if t.ndim != 1:
            t = np.argmax(t, axis=1)
        return (y == t).sum() / float(len(x))
