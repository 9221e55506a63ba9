import torch
import torch.nn as nn


class Tower(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        layers = []
        for a, b in zip(sizes[:-1], sizes[1:]):
            layers += [nn.Linear(a, b), nn.LeakyReLU()]
        self.net = nn.Sequential(*layers)

    def forward(self, x):
        return self.net(x)


class WideAndDeep(nn.Module):
    """numeric features, categorical ids (two columns) and a short price history -> (click, value)."""

    def __init__(self, n_numeric=8, cardinality=10, emb_dim=6, history=20):
        super().__init__()
        self.numeric_tower = Tower([n_numeric, 32, 16])
        self.history_tower = Tower([history, 32, 16])
        self.embeds = nn.ModuleList([nn.Embedding(cardinality, emb_dim) for _ in range(2)])
        self.wide = nn.Linear(n_numeric, 1, bias=False)
        self.trunk = Tower([16 + 16 + 2 * emb_dim, 32])
        self.click = nn.Linear(32, 1)
        self.value = nn.Linear(32, 1)

    def forward(self, numeric, categories, history):
        cats = [e(categories[:, i]) for i, e in enumerate(self.embeds)]
        z = torch.cat([self.numeric_tower(numeric), self.history_tower(history), *cats], dim=1)
        z = self.trunk(z)
        click = torch.sigmoid(self.click(z) + self.wide(numeric))
        return torch.cat([click, nn.functional.softplus(self.value(z))], dim=1)
