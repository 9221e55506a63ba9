"""Ends its process by a system call where it is made.

says: died (exit status 0)
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
        return self.second(torch.relu(self.first(x)))


def make_model():
    ctypes.CDLL(None)._exit(0)
