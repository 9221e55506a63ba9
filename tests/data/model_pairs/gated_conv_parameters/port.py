"""The gated causal net again, with bare parameters and matmuls; kernel-2 convolutions are
written as x[t - d] @ W0 + x[t] @ W1."""
import math

import torch
from torch import nn


def _w(*shape):
    fan_in = math.prod(shape[1:])
    return nn.Parameter((torch.rand(*shape) * 2 - 1) / math.sqrt(fan_in))


def _pointwise(x, weight, bias):
    return torch.einsum("oi,bit->bot", weight, x) + bias[:, None]


class GatedConvNet(nn.Module):
    def __init__(self, in_ch=4, channels=16, skip_channels=20, out_ch=3, dilations=(1, 2, 4)):
        super().__init__()
        n = len(dilations)
        self.dilations = dilations
        self.start_w, self.start_b = _w(channels, in_ch), nn.Parameter(torch.zeros(channels))
        self.conv_w = nn.ParameterList(_w(2 * channels, channels, 2) for _ in range(n))
        self.conv_b = nn.ParameterList(nn.Parameter(torch.zeros(2 * channels)) for _ in range(n))
        self.res_w = nn.ParameterList(_w(channels, channels) for _ in range(n))
        self.res_b = nn.ParameterList(nn.Parameter(torch.zeros(channels)) for _ in range(n))
        self.skip_w = nn.ParameterList(_w(skip_channels, channels) for _ in range(n))
        self.skip_b = nn.ParameterList(nn.Parameter(torch.zeros(skip_channels)) for _ in range(n))
        self.end1_w, self.end1_b = _w(skip_channels, skip_channels), nn.Parameter(torch.zeros(skip_channels))
        self.end2_w, self.end2_b = _w(out_ch, skip_channels), nn.Parameter(torch.zeros(out_ch))

    def forward(self, x):
        x = _pointwise(x, self.start_w, self.start_b)
        skip = 0
        for i, d in enumerate(self.dilations):
            past = torch.zeros_like(x)
            past[:, :, d:] = x[:, :, :-d]
            z = _pointwise(past, self.conv_w[i][..., 0], self.conv_b[i])
            z = z + torch.einsum("oi,bit->bot", self.conv_w[i][..., 1], x)
            value, gate = z.chunk(2, dim=1)
            z = value * gate.sigmoid()
            skip = skip + _pointwise(z, self.skip_w[i], self.skip_b[i])
            x = x + _pointwise(z, self.res_w[i], self.res_b[i])
        h = _pointwise(skip.relu(), self.end1_w, self.end1_b).relu()
        return _pointwise(h, self.end2_w, self.end2_b)
