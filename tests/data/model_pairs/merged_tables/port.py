import torch
from torch import nn
import torch.nn.functional as F


class Side(nn.Module):
    """One table per entity: [factors | bias | deep features] in one row."""

    def __init__(self, count, latent=12, deep=16):
        super().__init__()
        self.widths = (latent, 1, deep)
        self.table = nn.Embedding(count, sum(self.widths))
        nn.init.uniform_(self.table.weight, -0.05, 0.05)

    def forward(self, ids):
        return self.table(ids.reshape(-1)).split(self.widths, dim=-1)


class Recommender(nn.Module):
    MIN_RATING, MAX_RATING = 1.0, 5.0

    def __init__(self, n_users=40, n_items=60, deep=16, hidden=24):
        super().__init__()
        self.users = Side(n_users, deep=deep)
        self.items = Side(n_items, deep=deep)
        # Dense over concat(user, item) == sum of two projections
        self.user_proj = nn.Linear(deep, hidden, bias=False)
        self.item_proj = nn.Linear(deep, hidden)
        self.score = nn.Linear(hidden, 1)

    def forward(self, user_id, item_id):
        p, b_u, d_u = self.users(user_id)
        q, b_i, d_i = self.items(item_id)
        hidden = F.selu(self.user_proj(d_u) + self.item_proj(d_i))
        logit = (p * q).sum(-1, keepdim=True) + b_u + b_i + self.score(hidden)
        return self.MIN_RATING + (self.MAX_RATING - self.MIN_RATING) * torch.sigmoid(logit)
