"""A GRU with weights that are there already."""

import numpy as np
import torch
from torch import nn

UNITS, WIDTH = 4, 3


def make_arrays():
    rng = np.random.default_rng(7)
    shapes = (3 * UNITS, WIDTH), (3 * UNITS, UNITS), (3 * UNITS,), (3 * UNITS,)
    return [rng.normal(size=shape) for shape in shapes]


def make_gru():
    gru = nn.GRU(WIDTH, UNITS, batch_first=True)
    with torch.no_grad():
        for tensor, array in zip(gru.parameters(), make_arrays(), strict=True):
            tensor.copy_(torch.as_tensor(array))
    return gru


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = make_gru()

    def forward(self, x):
        return self.gru(x)[0]


def inputs():
    return np.random.default_rng(0).normal(size=(2, 5, WIDTH))
