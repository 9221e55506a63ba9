import torch
import torch.nn as nn
import torch.nn.functional as F


def batch_norm(c):
    return nn.BatchNorm2d(c, eps=1e-3, momentum=0.01)


class SamePadDepthwise(nn.Module):
    def __init__(self, channels, stride, multiplier=1, bias=False):
        super().__init__()
        self.stride = stride
        self.conv = nn.Conv2d(channels, channels * multiplier, 3, stride=stride, groups=channels, bias=bias)

    def forward(self, x):
        h, w = x.shape[-2:]
        ph = max((-(-h // self.stride) - 1) * self.stride + 3 - h, 0)
        pw = max((-(-w // self.stride) - 1) * self.stride + 3 - w, 0)
        x = F.pad(x, (pw // 2, pw - pw // 2, ph // 2, ph - ph // 2))
        return self.conv(x)


class SqueezeExcite(nn.Module):
    def __init__(self, channels, ratio=4):
        super().__init__()
        self.fc1 = nn.Linear(channels, channels // ratio)
        self.fc2 = nn.Linear(channels // ratio, channels)

    def forward(self, x):
        s = F.relu(self.fc1(x.mean((2, 3))))
        s = F.hardsigmoid(self.fc2(s))
        return x * s[:, :, None, None]


class MBConv(nn.Module):
    def __init__(self, cin, cout, expand, stride, se):
        super().__init__()
        mid = cin * expand
        self.skip = stride == 1 and cin == cout
        steps = [nn.Conv2d(cin, mid, 1, bias=False), batch_norm(mid), nn.Hardswish(),
                 SamePadDepthwise(mid, stride), batch_norm(mid), nn.Hardswish()]
        if se:
            steps.append(SqueezeExcite(mid))
        steps += [nn.Conv2d(mid, cout, 1, bias=False), batch_norm(cout)]
        self.steps = nn.Sequential(*steps)

    def forward(self, x):
        y = self.steps(x)
        return x + y if self.skip else y


class LeafNet(nn.Module):
    def __init__(self, n_species):
        super().__init__()
        self.stem = nn.Sequential(SamePadDepthwise(3, 2, multiplier=4, bias=True), batch_norm(12), nn.Hardswish())
        self.blocks = nn.Sequential(
            MBConv(12, 12, 2, 1, se=True),
            MBConv(12, 20, 3, 2, se=False),
            MBConv(20, 20, 3, 1, se=True),
        )
        self.head = nn.Linear(20, n_species)

    def forward(self, x):
        return self.head(self.blocks(self.stem(x)).mean((-2, -1)))


def leaf_net(n_species=8):
    return LeafNet(n_species)
