"""Prints 500 MB each time it is run, in the first two runs.

exit: 0
says: it printed more than 16 MB
timeout: 60
"""

import torch
from torch import nn


RUNS = []


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 3), nn.Linear(3, 2)

    def forward(self, x):
        if len(RUNS) < 2:
            RUNS.append(1)
            for _ in range(500):
                print("a" * 1_000_000)
        return self.second(torch.relu(self.first(x)))


def make_model():
    return Net()
