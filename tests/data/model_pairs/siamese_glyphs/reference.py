"""One-shot verification of handwritten glyphs (Koch et al. style, scaled down)."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class ConvUnit(nn.Module):
    def __init__(self, cin, cout, k):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, k)
        self.bn = nn.BatchNorm2d(cout)

    def forward(self, x):
        return F.max_pool2d(F.relu(self.bn(self.conv(x))), 2)


class SiameseNet(nn.Module):
    def __init__(self, channels, emb_dim, image_size):
        super().__init__()
        self.unit1 = ConvUnit(1, channels, 3)
        self.unit2 = ConvUnit(channels, channels * 2, 3)
        side = ((image_size - 2) // 2 - 2) // 2
        self.project = nn.Linear(channels * 2 * side * side, emb_dim)
        self.score = nn.Linear(emb_dim, 1)

    def embed(self, x):
        x = self.unit2(self.unit1(x))
        x = x.view(x.size(0), -1)
        return torch.sigmoid(self.project(x))

    def forward(self, left, right):
        a = self.embed(left)
        b = self.embed(right)
        return torch.sigmoid(self.score(torch.abs(a - b)))


def glyph_matcher():
    return SiameseNet(channels=8, emb_dim=24, image_size=18)


if __name__ == "__main__":
    net = glyph_matcher()
    a = torch.rand(4, 1, 18, 18)
    print(net(a, a).shape)
