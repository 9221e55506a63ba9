import torch
import torch.nn as nn


class Mlp(nn.Module):
    def __init__(self, dim, hidden, drop=0.0):
        super().__init__()
        self.fc1 = nn.Linear(dim, hidden)
        self.act = nn.GELU()
        self.drop = nn.Dropout(drop)
        self.fc2 = nn.Linear(hidden, dim)

    def forward(self, x):
        return self.fc2(self.drop(self.act(self.fc1(x))))


class MixerLayer(nn.Module):
    def __init__(self, num_tokens, dim, token_hidden, channel_hidden, drop):
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.token_mlp = Mlp(num_tokens, token_hidden, drop)
        self.norm2 = nn.LayerNorm(dim)
        self.channel_mlp = Mlp(dim, channel_hidden, drop)

    def forward(self, x):
        y = self.norm1(x).transpose(1, 2)
        x = x + self.token_mlp(y).transpose(1, 2)
        x = x + self.channel_mlp(self.norm2(x))
        return x


class Mixer(nn.Module):
    """MLP-Mixer on multivariate windows: (batch, steps, features)."""

    def __init__(self, steps=16, features=6, dim=32, depth=3, num_classes=5, drop=0.1):
        super().__init__()
        self.embed = nn.Linear(features, dim)
        self.layers = nn.ModuleList(
            MixerLayer(steps, dim, 24, 64, drop) for _ in range(depth)
        )
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, num_classes)

    def forward(self, x):
        x = self.embed(x)
        for layer in self.layers:
            x = layer(x)
        return self.head(self.norm(x).mean(dim=1))


def mixer_tiny():
    return Mixer()
