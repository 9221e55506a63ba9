import torch
from torch import nn
from torch.nn import functional as F


class ConvGN(nn.Sequential):
    def __init__(self, cin, cout, k, stride=1):
        super().__init__(
            nn.Conv2d(cin, cout, k, stride, k // 2, bias=False),
            nn.GroupNorm(4, cout),
        )


class ResidualUnit(nn.Module):
    def __init__(self, cin, mid, cout, stride):
        super().__init__()
        self.reduce = ConvGN(cin, mid, 1, stride)
        self.spatial = ConvGN(mid, mid, 3)
        self.restore = ConvGN(mid, cout, 1)
        self.shortcut = nn.Identity() if (cin == cout and stride == 1) else ConvGN(cin, cout, 1, stride)

    def forward(self, x):
        y = F.relu(self.reduce(x))
        y = F.relu(self.spatial(y))
        return F.relu(self.restore(y) + self.shortcut(x))


class Net(nn.Module):
    def __init__(self, n_classes=8):
        super().__init__()
        self.stem = ConvGN(3, 16, 3)
        self.units = nn.Sequential(
            ResidualUnit(16, 8, 16, 1),
            ResidualUnit(16, 16, 32, 2),
            ResidualUnit(32, 16, 32, 1),
        )
        self.classifier = nn.Linear(32, n_classes)

    def forward(self, x):
        h = self.units(F.relu(self.stem(x)))
        return self.classifier(h.mean(dim=(2, 3)))


if __name__ == "__main__":
    print(Net()(torch.randn(1, 3, 16, 16)).shape)
