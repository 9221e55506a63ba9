# 重みを (出力, 入力) の向きで持つ
import numpy as np


def softmax_columns(s):
    e = np.exp(s - s.max(axis=0))
    return e / e.sum(axis=0)


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size):
        self.W1 = np.random.randn(hidden_size, input_size) * 0.01
        self.b1 = np.zeros((hidden_size, 1))
        self.W2 = np.random.randn(output_size, hidden_size) * 0.01
        self.b2 = np.zeros((output_size, 1))

    def _run(self, x):
        X = np.atleast_2d(x).T
        Z = 1 / (1 + np.exp(-(self.W1 @ X + self.b1)))
        return X, Z, softmax_columns(self.W2 @ Z + self.b2)

    def predict(self, x):
        Y = self._run(x)[2].T
        return Y[0] if x.ndim == 1 else Y

    def _hot(self, t, Y):
        t = np.asarray(t)
        if t.size == Y.size:
            return t.reshape(Y.T.shape).T
        return np.eye(Y.shape[0])[:, t.reshape(-1)]

    def loss(self, x, t):
        Y = self._run(x)[2]
        return -(self._hot(t, Y) * np.log(Y + 1e-7)).sum() / Y.shape[1]

    def gradient(self, x, t):
        X, Z, Y = self._run(x)
        R = self._hot(t, Y) * Y / (Y + 1e-7)
        D2 = (Y * R.sum(axis=0) - R) / Y.shape[1]
        D1 = (self.W2.T @ D2) * Z * (1 - Z)
        return {'W1': D1 @ X.T, 'b1': D1.sum(1, keepdims=True),
                'W2': D2 @ Z.T, 'b2': D2.sum(1, keepdims=True)}
