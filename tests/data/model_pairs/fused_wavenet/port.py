import torch
from torch import nn, Tensor
from torch.nn import functional as F


class CausalConv1d(nn.Conv1d):
    def forward(self, x: Tensor) -> Tensor:
        left = (self.kernel_size[0] - 1) * self.dilation[0]
        return super().forward(F.pad(x, (left, 0)))


class GatedLayer(nn.Module):
    def __init__(self, residual: int, hidden: int, skip: int, dilation: int) -> None:
        super().__init__()
        self.sizes = [residual, skip]
        self.conv = CausalConv1d(residual, 2 * hidden, 2, dilation=dilation)
        self.proj = nn.Conv1d(hidden, residual + skip, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        a, b = self.conv(x).chunk(2, dim=1)
        res, skip = self.proj(a.tanh() * b.sigmoid()).split(self.sizes, dim=1)
        return x + res, skip


class WaveNet(nn.Module):
    def __init__(self, features: int = 4, residual: int = 16, hidden: int = 20, skip: int = 32, n_layers: int = 4) -> None:
        super().__init__()
        self.front = CausalConv1d(features, residual, 2)
        self.layers = nn.ModuleList([GatedLayer(residual, hidden, skip, 2**i) for i in range(n_layers)])
        self.last = nn.Conv1d(residual, skip, 1)
        self.post = nn.Sequential(nn.ReLU(), nn.Linear(skip, skip), nn.ReLU(), nn.Linear(skip, 1))

    def forward(self, series: Tensor) -> Tensor:
        """series: (batch, time, features), as in the Keras model."""
        x = self.front(series.transpose(1, 2))
        total = 0.0
        for layer in self.layers:
            x, skip = layer(x)
            total = total + skip
        total = total + self.last(x)
        return self.post(total.transpose(1, 2))
