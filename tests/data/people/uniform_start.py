import numpy as np


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size):
        # 랜덤 초기화
        self.params = {}
        self.params['W1'] = 0.01 * np.random.rand(input_size, hidden_size)
        self.params['b1'] = np.zeros(hidden_size)
        self.params['W2'] = 0.01 * np.random.rand(hidden_size, output_size)
        self.params['b2'] = np.zeros(output_size)

    def predict(self, x):
        z1 = 1 / (1 + np.exp(-(np.dot(x, self.params['W1']) + self.params['b1'])))
        a2 = np.dot(z1, self.params['W2']) + self.params['b2']
        e = np.exp(a2 - np.max(a2, axis=-1, keepdims=True))
        return e / np.sum(e, axis=-1, keepdims=True)
