"""Draws random numbers when it is run.

says: draws random numbers
exit: 1
"""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 3), nn.Linear(3, 2)

    def forward(self, x):
        x = x + torch.rand(4, dtype=x.dtype, generator=torch.Generator().manual_seed(torch.seed()))
        return self.second(torch.relu(self.first(x)))


def make_model():
    return Net()
