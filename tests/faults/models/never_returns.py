"""Never returns when it is run.

says: gave no answer within
timeout: 5
exit: 2
"""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 3), nn.Linear(3, 2)

    def forward(self, x):
        while True:
            pass
        return self.second(torch.relu(self.first(x)))


def make_model():
    return Net()
