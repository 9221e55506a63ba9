"""The layer with the form of GELU that computes by tanh."""

from torch import nn


class FeedForward(nn.Module):
    def __init__(self):
        super().__init__()
        self.wi, self.wo = nn.Linear(6, 16), nn.Linear(8, 6)
        self.act = nn.GELU(approximate="tanh")

    def forward(self, x):
        value, gate = self.wi(x).chunk(2, dim=-1)
        return self.wo(self.act(value) * gate)
