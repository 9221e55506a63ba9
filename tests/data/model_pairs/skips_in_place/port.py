import torch
import torch.nn.functional as F
from torch import nn


class Down(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(cout)

    def forward(self, x):
        feat = self.bn(self.conv(x))
        return F.max_pool2d(F.relu(feat), 2), feat


class Up(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.up = nn.ConvTranspose2d(cin, cout, kernel_size=2, stride=2)
        self.conv = nn.Conv2d(2 * cout, cout, 3, padding=1)

    def forward(self, x, feat):
        return F.relu(self.conv(torch.cat((self.up(x), feat), 1)))


class UNet(nn.Module):
    def __init__(self, in_ch=3, widths=(12, 24, 48)):
        super().__init__()
        chans = (in_ch,) + tuple(widths)
        self.downs = nn.ModuleList(Down(a, b) for a, b in zip(chans[:-2], chans[1:-1]))
        self.bottleneck = nn.Conv2d(widths[-2], widths[-1], 3, padding=1)
        rev = widths[::-1]
        self.ups = nn.ModuleList(Up(a, b) for a, b in zip(rev, rev[1:]))
        self.head = nn.Sequential(nn.Conv2d(widths[0], 1, 1), nn.Sigmoid())

    def forward(self, x):
        feats = []
        for down in self.downs:
            x, feat = down(x)
            feats.append(feat)
        x = F.relu(self.bottleneck(x))
        for up in self.ups:
            x = up(x, feats.pop())
        return self.head(x)
