import numpy as np


class TwoLayerNet:
    """손으로 유도한 역전파"""

    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        n = np.random.randn
        self.params = {'W1': weight_init_std * n(input_size, hidden_size),
                       'W2': weight_init_std * n(hidden_size, output_size),
                       'b1': np.zeros(hidden_size), 'b2': np.zeros(output_size)}

    def forward(self, x):
        p = self.params
        z = 1 / (1 + np.exp(-(x @ p['W1'] + p['b1'])))
        s = z @ p['W2'] + p['b2']
        e = np.exp(s - s.max(axis=-1, keepdims=True))
        return z, e / e.sum(axis=-1, keepdims=True)

    def predict(self, x):
        return self.forward(x)[1]

    def gradient(self, x, t):
        z, y = self.forward(x)
        t = np.eye(y.shape[1])[t] if t.ndim == 1 else t
        dy = (y - t) / len(x)
        dz = dy @ self.params['W2'].T          # 시그모이드 미분은?
        return {'W1': x.T @ dz, 'b1': dz.sum(axis=0), 'W2': z.T @ dy, 'b2': dy.sum(axis=0)}
