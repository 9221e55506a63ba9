"""Small torch models of every shape that the torch side has to see through."""

import torch
import torch.nn.functional as F
from torch import nn


class Perceptron(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(12, 16), nn.Linear(16, 3)

    def forward(self, x):
        x = x.flatten(1)
        return self.fc2(F.relu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, into: int, out: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(into, out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.relu = nn.ReLU(inplace=True)
        self.skip = None
        if stride > 1 or into != out:
            self.skip = nn.Sequential(nn.Conv2d(into, out, 1, stride), nn.BatchNorm2d(out))

    def forward(self, x):
        identity = x if self.skip is None else self.skip(x)
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        y += identity
        return self.relu(y)


class Residual(nn.Module):
    def __init__(self, width: int = 4, depth: int = 1) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, width, 3, 1, 1)
        widths = [width * 2**k for k in range(depth + 1)]
        blocks = [Block(width, width, 1)]
        blocks += [Block(a, b, 2) for a, b in zip(widths, widths[1:], strict=False)]
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Linear(widths[-1], 5)

    def forward(self, x):
        x = F.max_pool2d(self.stem(x), 2)
        x = self.blocks(x)
        return self.head(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


class Recurrent(nn.Module):
    def __init__(self, width: int = 6, layers: int = 2) -> None:
        super().__init__()
        self.embed = nn.Embedding(20, width)
        self.lstm = nn.LSTM(width, width, layers, batch_first=True, dropout=0.5)
        self.head = nn.Linear(width, 20, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, ids):
        x, (h, _) = self.lstm(self.embed(ids))
        return {"logits": self.head(F.dropout(x, 0.3, self.training)), "state": h, "none": None}


class Attending(nn.Module):
    def __init__(self, width: int = 8, heads: int = 2, layers: int = 1) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                width, heads, 2 * width, batch_first=True, activation="gelu", dropout=0.1
            )
            for _ in range(layers)
        )
        self.norm = nn.LayerNorm(width)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.norm(x)


class Shared(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        return self.fc(torch.tanh(self.fc(x))) @ self.fc.weight
