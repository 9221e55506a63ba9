"""Recurrent cells in NumPy: the rows of the weights are the gates, one block after the other."""

import numpy as np


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def rnn_cell(x, h, w_ih, w_hh, b_ih, b_hh):
    """x (n, d), h (n, k), w_ih (k, d), w_hh (k, k), biases (k,): the next h."""
    return np.tanh(x @ w_ih.T + b_ih + h @ w_hh.T + b_hh)


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """x (n, d), h and c (n, k), w_ih (4k, d), w_hh (4k, k), biases (4k,): the next h and c.

    The gates are input, forget, cell, output.
    """
    gates = x @ w_ih.T + b_ih + h @ w_hh.T + b_hh
    i, f, g, o = np.split(gates, 4, axis=1)
    c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return _sigmoid(o) * np.tanh(c), c


def lstm(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """x (n, t, d), the rest as of lstm_cell: every h (n, t, k), and the last h and c."""
    states = []
    for step in range(x.shape[1]):
        h, c = lstm_cell(x[:, step], h, c, w_ih, w_hh, b_ih, b_hh)
        states.append(h)
    return np.stack(states, axis=1), h, c


def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh):
    """x (n, d), h (n, k), w_ih (3k, d), w_hh (3k, k), biases (3k,): the next h.

    The gates are reset, update, new; the reset gate acts after the product with w_hh.
    """
    x_r, x_z, x_n = np.split(x @ w_ih.T + b_ih, 3, axis=1)
    h_r, h_z, h_n = np.split(h @ w_hh.T + b_hh, 3, axis=1)
    r, z = _sigmoid(x_r + h_r), _sigmoid(x_z + h_z)
    return (1 - z) * np.tanh(x_n + r * h_n) + z * h


def cases():
    rng = np.random.default_rng(3)

    def weights(gates, d, k):
        shapes = {"w_ih": (gates * k, d), "w_hh": (gates * k, k)}
        shapes |= {"b_ih": (gates * k,), "b_hh": (gates * k,)}
        return {name: rng.normal(0, 0.7, shape) for name, shape in shapes.items()}

    for n, d, k in ((2, 3, 4), (5, 4, 2)):
        x, h, c = rng.normal(size=(n, d)), rng.normal(size=(n, k)), rng.normal(size=(n, k))
        size = f"{n} of {d} to {k}"
        yield f"rnn_cell {size}", {"x": x, "h": h, **weights(1, d, k)}
        yield f"lstm_cell {size}", {"x": x, "h": h, "c": c, **weights(4, d, k)}
        yield f"gru_cell {size}", {"x": x, "h": h, **weights(3, d, k)}
        sequence = rng.normal(size=(n, 3, d))
        yield f"lstm {size}", {"x": sequence, "h": h, "c": c, **weights(4, d, k)}
