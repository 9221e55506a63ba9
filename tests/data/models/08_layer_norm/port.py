"""The layer with PyTorch's own normalisation as it comes."""

from torch import nn


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.dense, self.norm = nn.Linear(6, 6), nn.LayerNorm(6)

    def forward(self, x):
        return self.norm(x + self.dense(x))
