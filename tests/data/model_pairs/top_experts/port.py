import keras
from keras import layers, ops


class MixtureOfExperts(layers.Layer):
    def __init__(self, num_experts=6, hidden=48, k=2, **kwargs):
        super().__init__(**kwargs)
        self.num_experts = num_experts
        self.hidden = hidden
        self.k = k
        self.router = layers.Dense(num_experts, use_bias=False, activation="softmax", name="router")

    def build(self, input_shape):
        e, d, h = self.num_experts, input_shape[-1], self.hidden
        self.router.build(input_shape)
        self.w_in = self.add_weight(name="w_in", shape=(e, d, h), initializer="glorot_uniform")
        self.b_in = self.add_weight(name="b_in", shape=(e, h), initializer="zeros")
        self.w_out = self.add_weight(name="w_out", shape=(e, h, d), initializer="glorot_uniform")
        self.b_out = self.add_weight(name="b_out", shape=(e, d), initializer="zeros")

    def call(self, x):
        probs = self.router(x)
        top, index = ops.top_k(probs, k=self.k)
        combine = ops.sum(ops.one_hot(index, self.num_experts) * top[..., None], axis=-2)
        h = ops.relu(ops.einsum("btd,edh->bteh", x, self.w_in) + self.b_in)
        y = ops.einsum("bteh,ehd->bted", h, self.w_out) + self.b_out
        return ops.einsum("bted,bte->btd", y, combine)

    def compute_output_shape(self, input_shape):
        return input_shape


class MoERegressor(keras.Model):
    def __init__(self, dim=24, n_out=4, **kwargs):
        super().__init__(**kwargs)
        self.embed = layers.Dense(dim, name="embed")
        self.ln = layers.LayerNormalization(epsilon=1e-5, name="ln")
        self.moe = MixtureOfExperts(name="moe")
        self.head = layers.Dense(n_out, name="head")

    def call(self, x):
        x = self.embed(x)
        return self.head(x + self.moe(self.ln(x)))
