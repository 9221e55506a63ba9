import torch
import torch.nn as nn


class GRUUnit(nn.Module):
    def __init__(self, in_dim, units):
        super().__init__()
        self.x2g = nn.Linear(in_dim, 3 * units)
        self.h2g = nn.Linear(units, 3 * units)

    def forward(self, x, h):
        xr, xz, xn = self.x2g(x).chunk(3, -1)
        hr, hz, hn = self.h2g(h).chunk(3, -1)
        r = torch.sigmoid(xr + hr)
        z = torch.sigmoid(xz + hz)
        n = torch.tanh(xn + r * hn)
        return n + z * (h - n)


class ConditionedDecoder(nn.Module):
    def __init__(self, in_dim=5, ctx_dim=9, units=22, out_dim=3):
        super().__init__()
        self.init_state = nn.Sequential(nn.Linear(ctx_dim, units), nn.Tanh())
        self.cell = GRUUnit(in_dim, units)
        self.readout = nn.Linear(units, out_dim)

    def forward(self, sequence, context):
        h = self.init_state(context)
        ys = []
        for t in range(sequence.size(1)):
            h = self.cell(sequence[:, t], h)
            ys.append(self.readout(h))
        return torch.stack(ys, dim=1), h
