import numpy as np


class TwoLayerNet:
    '''章の通りのaccuracy'''

    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        self.params = {
            'W1': weight_init_std * np.random.randn(input_size, hidden_size),
            'b1': np.zeros(hidden_size),
            'W2': weight_init_std * np.random.randn(hidden_size, output_size),
            'b2': np.zeros(output_size),
        }

    def predict(self, x):
        p = self.params
        z = 1 / (1 + np.exp(-(np.dot(x, p['W1']) + p['b1'])))
        a = np.dot(z, p['W2']) + p['b2']
        a = np.exp(a - np.max(a, axis=-1, keepdims=True))
        return a / np.sum(a, axis=-1, keepdims=True)

    def accuracy(self, x, t):
        answer = np.argmax(t, axis=1)
        guess = np.argmax(self.predict(x), axis=1)
        return np.sum(answer == guess) / float(x.shape[0])
