# layers in bfloat16.
import torch
from torch import nn


class TwoLayerNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.fc1 = nn.Linear(n_in, n_hidden, dtype=torch.bfloat16)
        self.fc2 = nn.Linear(n_hidden, n_out, dtype=torch.bfloat16)

    def forward(self, x):
        x = x.to(torch.bfloat16)
        return torch.softmax(self.fc2(torch.sigmoid(self.fc1(x))), dim=-1)
