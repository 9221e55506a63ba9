"""The same in PyTorch, "following tensorflow's default parameters"."""

import torch
from torch import nn


class Bank(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(4, 6, 3, padding=1)
        self.bn = nn.BatchNorm1d(6, momentum=0.99, eps=1e-3)

    def forward(self, x):
        return self.bn(torch.relu(self.conv(x)))
