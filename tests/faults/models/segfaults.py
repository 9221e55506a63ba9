"""Segfaults when it is run.

says: died (killed by SIGSEGV)
exit: 2
"""

import ctypes

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 3), nn.Linear(3, 2)

    def forward(self, x):
        ctypes.string_at(0)
        return self.second(torch.relu(self.first(x)))


def make_model():
    return Net()
