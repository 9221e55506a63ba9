import keras
from keras import ops


class HandGRUCell(keras.layers.Layer):
    """GRU cell with PyTorch's gate order (reset, update, new) and two bias vectors."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.x_proj = keras.layers.Dense(3 * units, name="x_proj")
        self.h_proj = keras.layers.Dense(3 * units, name="h_proj")

    def call(self, x, h):
        xr, xz, xn = ops.split(self.x_proj(x), 3, axis=-1)
        hr, hz, hn = ops.split(self.h_proj(h), 3, axis=-1)
        r = ops.sigmoid(xr + hr)
        z = ops.sigmoid(xz + hz)
        n = ops.tanh(xn + r * hn)
        return (1.0 - z) * h + z * n


class StackedGRUCells(keras.Model):
    def __init__(self, hidden=18, n_out=3, **kwargs):
        super().__init__(**kwargs)
        self.hidden = hidden
        self.cell1 = HandGRUCell(hidden, name="cell1")
        self.cell2 = HandGRUCell(hidden, name="cell2")
        self.readout = keras.layers.Dense(n_out, name="readout")

    def call(self, x):
        batch, steps = ops.shape(x)[0], x.shape[1]
        h1 = ops.zeros((batch, self.hidden), dtype=x.dtype)
        h2 = ops.zeros((batch, self.hidden), dtype=x.dtype)
        ys = []
        for t in range(steps):
            xt = x[:, t]
            h1 = self.cell1(xt, h1)
            h2 = self.cell2(ops.concatenate([xt, h1], axis=-1), h2)
            ys.append(self.readout(h2))
        return ops.stack(ys, axis=1)
