"""Leaves children running in sessions of their own.

exit: 0
"""

import subprocess

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 3), nn.Linear(3, 2)

    def forward(self, x):
        return self.second(torch.relu(self.first(x)))


def make_model():
    subprocess.Popen(["sleep", "86400"], start_new_session=True)
    return Net()
