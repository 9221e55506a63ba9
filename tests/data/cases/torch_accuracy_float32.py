"""A right module whose loss is fused, and whose accuracy is a mean of float32 numbers."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 50)
        self.fc2 = nn.Linear(50, 10)

    def forward(self, x):
        return self.fc2(torch.sigmoid(self.fc1(x)))

    def loss(self, x, t):
        return nn.functional.cross_entropy(self(x), t)

    def accuracy(self, x, t):
        return (self(x).argmax(1) == (t.argmax(1) if t.ndim == 2 else t)).float().mean()
