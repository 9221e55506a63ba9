"""Allocates without end when it is run.

says: used more than 2500 MB of memory: --memory MB allows more
exit: 2
"""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 3), nn.Linear(3, 2)

    def forward(self, x):
        kept = []
        while True:
            kept.append(torch.ones(1_000_000))
        return self.second(torch.relu(self.first(x)))


def make_model():
    return Net()
