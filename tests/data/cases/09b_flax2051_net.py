# As 09, in a model: the mended tutorial ends in log_softmax; here neither the model nor the loss has it.
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.l1 = nn.Linear(n_in, n_hidden)
        self.l2 = nn.Linear(n_hidden, n_out)

    def forward(self, x):
        return self.l2(torch.sigmoid(self.l1(x)))

    def loss(self, x, t):
        logits = self(x)
        one_hot = F.one_hot(t, logits.shape[-1]) if t.dim() == 1 else t
        return -torch.mean(torch.sum(one_hot * logits, dim=-1))
