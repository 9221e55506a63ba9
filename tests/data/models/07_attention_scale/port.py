"""Attention from scratch, whose scores are divided by the root of the whole width."""

import torch
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, width=8, heads=2):
        super().__init__()
        self.width, self.heads, self.head_width = width, heads, width // heads
        self.queries = nn.Linear(width, width)
        self.keys = nn.Linear(width, width)
        self.values = nn.Linear(width, width)
        self.fc_out = nn.Linear(width, width)

    def forward(self, x):
        shape = (*x.shape[:2], self.heads, self.head_width)
        q, k, v = (f(x).reshape(shape) for f in (self.queries, self.keys, self.values))
        energy = torch.einsum("nqhd,nkhd->nhqk", q, k)
        weights = torch.softmax(energy / self.width**0.5, dim=3)
        out = torch.einsum("nhql,nlhd->nqhd", weights, v).reshape(x.shape)
        return self.fc_out(out)
