import torch
from torch import nn


class TwoLayerNet(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(input_size, hidden_size), nn.Sigmoid(),
                                 nn.Linear(hidden_size, output_size))

    def forward(self, x):
        return torch.softmax(self.net(x), dim=-1)

    def loss(self, x, t):
        y = self.forward(x)
        if t.shape != y.shape:
            t = torch.eye(y.shape[-1], dtype=y.dtype)[t.long()]
        return -torch.sum(t * torch.log(y + 1e-7))

    def accuracy(self, x, t):
        t = t.argmax(dim=1) if t.ndim == 2 else t
        return (self.forward(x).argmax(dim=1) == t).double().mean().item()
