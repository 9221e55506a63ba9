import numpy as np


def softmax(x):
    e = np.exp(x - np.amax(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        self.params = {}
        self.params['W1'] = weight_init_std * np.random.randn(input_size, hidden_size)
        self.params['W2'] = weight_init_std * np.random.randn(hidden_size, output_size)
        self.params['b1'], self.params['b2'] = np.zeros(hidden_size), np.zeros(output_size)

    def predict(self, x):
        z = 1 / (1 + np.exp(-np.dot(x, self.params['W1']) - self.params['b1']))
        return softmax(np.dot(z, self.params['W2']) + self.params['b2'])

    def accuracy(self, x, t):
        y = self.predict(x)
        y = np.argmax(y, axis=1)
        if t.ndim == 2:
            t = np.argmax(t, axis=1)
        correct = sum(1 for a, b in zip(t, t) if a == b)   # 맞은 개수
        return correct / len(x)
