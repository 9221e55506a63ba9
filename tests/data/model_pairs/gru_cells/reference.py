import torch
from torch import nn


class StackedGRUCells(nn.Module):
    """Two GRU cells unrolled by hand; the second also sees the raw input."""

    def __init__(self, n_in=5, hidden=18, n_out=3):
        super().__init__()
        self.hidden = hidden
        self.cell1 = nn.GRUCell(n_in, hidden)
        self.cell2 = nn.GRUCell(n_in + hidden, hidden)
        self.readout = nn.Linear(hidden, n_out)

    def forward(self, x):
        h1 = x.new_zeros(x.shape[0], self.hidden)
        h2 = x.new_zeros(x.shape[0], self.hidden)
        ys = []
        for t in range(x.shape[1]):
            xt = x[:, t]
            h1 = self.cell1(xt, h1)
            h2 = self.cell2(torch.cat([xt, h1], dim=-1), h2)
            ys.append(self.readout(h2))
        return torch.stack(ys, dim=1)
