"""Recurrent cells in torch: its own modules, with the weights that are given."""

from torch import nn
from torch.func import functional_call


def rnn_cell(x, h, w_ih, w_hh, b_ih, b_hh):
    cell = nn.RNNCell(x.shape[-1], h.shape[-1], dtype=x.dtype)
    weights = {"weight_ih": w_ih, "weight_hh": w_hh, "bias_ih": b_ih, "bias_hh": b_hh}
    return functional_call(cell, weights, (x, h))


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    cell = nn.LSTMCell(x.shape[-1], h.shape[-1], dtype=x.dtype)
    weights = {"weight_ih": w_ih, "weight_hh": w_hh, "bias_ih": b_ih, "bias_hh": b_hh}
    return functional_call(cell, weights, (x, (h, c)))


def lstm(x, h, c, w_ih, w_hh, b_ih, b_hh):
    layer = nn.LSTM(x.shape[-1], h.shape[-1], batch_first=True, dtype=x.dtype)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    weights = dict(zip(names, (w_ih, w_hh, b_ih, b_hh), strict=True))
    states, (h, c) = functional_call(layer, weights, (x, (h[None], c[None])))
    return states, h[0], c[0]


def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh):
    cell = nn.GRUCell(x.shape[-1], h.shape[-1], dtype=x.dtype)
    weights = {"weight_ih": w_ih, "weight_hh": w_hh, "bias_ih": b_ih, "bias_hh": b_hh}
    return functional_call(cell, weights, (x, h))
