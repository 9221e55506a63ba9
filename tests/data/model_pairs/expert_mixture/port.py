import keras
from keras import ops


class ExpertBank(keras.layers.Layer):
    """All experts evaluated in one go with stacked weight tensors."""

    def __init__(self, experts, hidden, out, **kwargs):
        super().__init__(**kwargs)
        self.experts, self.hidden, self.out = experts, hidden, out

    def build(self, input_shape):
        d = input_shape[-1]
        self.router = self.add_weight(shape=(d, self.experts), initializer="glorot_uniform", name="router")
        self.router_bias = self.add_weight(shape=(self.experts,), initializer="zeros", name="router_bias")
        self.w1 = self.add_weight(shape=(self.experts, d, self.hidden), initializer="he_normal", name="w1")
        self.b1 = self.add_weight(shape=(self.experts, self.hidden), initializer="zeros", name="b1")
        self.w2 = self.add_weight(shape=(self.experts, self.hidden, self.out), initializer="he_normal", name="w2")
        self.b2 = self.add_weight(shape=(self.experts, self.out), initializer="zeros", name="b2")

    def call(self, x):
        scores = ops.matmul(x, self.router) + self.router_bias
        scores = scores - ops.max(scores, axis=-1, keepdims=True)
        e = ops.exp(scores)
        p = e / ops.sum(e, axis=-1, keepdims=True)
        h = ops.einsum("bd,edh->beh", x, self.w1) + self.b1
        h = h * ops.sigmoid(h)
        y = ops.einsum("beh,eho->beo", h, self.w2) + self.b2
        return ops.einsum("be,beo->bo", p, y)


class MoERegressor(keras.Model):
    def __init__(self, n_targets=3):
        super().__init__(name="moe")
        self.trunk = keras.layers.Dense(32, name="trunk")
        self.bank = ExpertBank(4, 24, 16, name="bank")
        self.head = keras.layers.Dense(n_targets, name="head")

    def call(self, features):
        x = ops.maximum(self.trunk(features), 0.0)
        return self.head(ops.concatenate([self.bank(x), x], axis=-1))
