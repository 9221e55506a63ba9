from dataclasses import dataclass, field

import numpy as np


@dataclass
class Params:
    W1: np.ndarray
    b1: np.ndarray
    W2: np.ndarray
    b2: np.ndarray


@dataclass
class TwoLayerNet:
    """パラメータを dataclass に入れる"""

    input_size: int
    hidden_size: int
    output_size: int
    weight_init_std: float = 0.01
    p: Params = field(init=False)

    def __post_init__(self):
        draw = lambda *shape: self.weight_init_std * np.random.randn(*shape)
        self.p = Params(draw(self.input_size, self.hidden_size), np.zeros(self.hidden_size),
                        draw(self.hidden_size, self.output_size), np.zeros(self.output_size))

    def predict(self, x):
        z = 1 / (1 + np.exp(-(x @ self.p.W1 + self.p.b1)))
        s = z @ self.p.W2 + self.p.b2
        e = np.exp(s - s.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)

    def loss(self, x, t):
        y = self.predict(x)
        hot = t if t.shape == y.shape else np.eye(y.shape[-1])[t]
        return -np.sum(hot * np.log(y + 1e-7)) / (y.size // y.shape[-1])

    def accuracy(self, x, t):
        t = t.argmax(axis=1) if t.ndim == 2 else t
        return float(np.mean(np.equal(self.predict(x).argmax(axis=1), t)))
