"""Recurrent cells in Keras: its own cells, with the weights that are given, in columns."""

import keras
from keras import ops


def _call(layer, shape, weights, *given):
    """Return what a layer gives for weights that are not its own, so that gradients reach them."""
    layer.build(shape)
    result, _ = layer.stateless_call(weights, layer.non_trainable_variables, *given)
    return result


def rnn_cell(x, h, w_ih, w_hh, b_ih, b_hh):
    cell = keras.layers.SimpleRNNCell(h.shape[-1])
    weights = [ops.transpose(w_ih), ops.transpose(w_hh), b_ih + b_hh]  # it has one bias
    return _call(cell, x.shape, weights, x, [h])[0]


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    cell = keras.layers.LSTMCell(h.shape[-1])  # the gates are input, forget, cell, output too
    weights = [ops.transpose(w_ih), ops.transpose(w_hh), b_ih + b_hh]
    _, state = _call(cell, x.shape, weights, x, [h, c])
    return state[0], state[1]


def lstm(x, h, c, w_ih, w_hh, b_ih, b_hh):
    states = []
    for step in range(x.shape[1]):
        h, c = lstm_cell(x[:, step], h, c, w_ih, w_hh, b_ih, b_hh)
        states.append(h)
    return ops.stack(states, axis=1), h, c


def _update_first(rows):
    """Return weights (3k, ...) with the update gate before the reset gate, as Keras has them."""
    reset, update, new = ops.split(rows, 3)
    return ops.concatenate([update, reset, new])


def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh):
    cell = keras.layers.GRUCell(h.shape[-1], reset_after=True)
    w_ih, w_hh, b_ih, b_hh = map(_update_first, (w_ih, w_hh, b_ih, b_hh))
    weights = [ops.transpose(w_ih), ops.transpose(w_hh), ops.stack([b_ih, b_hh])]
    return _call(cell, x.shape, weights, x, [h])[0]
