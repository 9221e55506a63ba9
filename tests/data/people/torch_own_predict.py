import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self, n_in=784, n_hidden=50, n_out=10):
        super().__init__()
        self.l1 = nn.Linear(n_in, n_hidden)
        self.l2 = nn.Linear(n_hidden, n_out)

    def forward(self, x):
        return F.softmax(self.l2(torch.sigmoid(self.l1(x))), dim=0)

    def predict(self, x):
        return self(x)
