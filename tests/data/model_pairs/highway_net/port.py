import torch
from torch import nn


class HighwayLayer(nn.Module):
    def __init__(self, size):
        super().__init__()
        # first half: candidate, second half: transform gate
        self.both = nn.Linear(size, 2 * size)
        nn.init.constant_(self.both.bias[size:].data, -2.0)

    def forward(self, x):
        h, t = self.both(x).chunk(2, dim=-1)
        return torch.lerp(x, h.relu(), t.sigmoid())


net = nn.Sequential(
    nn.Linear(26, 18),
    nn.BatchNorm1d(18, eps=0.001, momentum=0.01),
    nn.ELU(),
    HighwayLayer(18),
    HighwayLayer(18),
    HighwayLayer(18),
    nn.Dropout(0.25),
    nn.Linear(18, 9),
    nn.Softmax(dim=-1),
)
