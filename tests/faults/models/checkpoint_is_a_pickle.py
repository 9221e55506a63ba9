"""Loads a checkpoint that is a pickle of code: torch refuses it.

says: make_model() failed: UnpicklingError
exit: 2
"""

import io
import pickle

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 3), nn.Linear(3, 2)

    def forward(self, x):
        return self.second(torch.relu(self.first(x)))


def make_model():
    return torch.load(io.BytesIO(pickle.dumps(print)))
