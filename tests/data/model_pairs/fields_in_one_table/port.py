import itertools

import torch
from torch import nn


class FieldEmbedding(nn.Module):
    """All fields share one table; each field is shifted by its offset."""

    def __init__(self, field_sizes, dim):
        super().__init__()
        self.table = nn.Embedding(sum(field_sizes), dim)
        offsets = torch.tensor([0, *itertools.accumulate(field_sizes)][:-1])
        self.register_buffer("offsets", offsets, persistent=False)

    def forward(self, ids):
        return self.table(ids + self.offsets)


class DeepFM(nn.Module):
    def __init__(self, field_sizes=(20,) * 5, k=8, hidden=(32, 16), p=0.2):
        super().__init__()
        n = len(field_sizes)
        dims = [n * k, *hidden]
        self.mlp = nn.Sequential()
        for a, b in zip(dims, dims[1:]):
            self.mlp.extend([nn.Linear(a, b), nn.ReLU(), nn.Dropout(p)])
        self.mlp.append(nn.Linear(dims[-1], 1))
        self.latent = FieldEmbedding(field_sizes, k)
        self.wide = FieldEmbedding(field_sizes, 1)
        rows, cols = zip(*itertools.combinations(range(n), 2))
        self.rows, self.cols = list(rows), list(cols)

    def forward(self, ids):
        v = self.latent(ids)
        # sum of <v_i, v_j> over i < j
        pairs = (v[:, self.rows] * v[:, self.cols]).sum(dim=(1, 2))
        wide = self.wide(ids).sum(dim=(1, 2))
        deep = self.mlp(v.flatten(1)).squeeze(-1)
        return torch.sigmoid(wide + pairs + deep).unsqueeze(-1)
