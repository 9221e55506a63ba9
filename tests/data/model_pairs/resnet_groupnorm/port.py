import torch
import torch.nn as nn
import torch.nn.functional as F

EPS = 1e-3


class SameConv3x3(nn.Conv2d):
    """3x3 convolution padded the TensorFlow way for even inputs."""

    def __init__(self, cin, cout, stride=1, bias=False):
        super().__init__(cin, cout, 3, stride=stride, padding=0, bias=bias)

    def forward(self, x):
        s = self.stride[0]
        pads = []
        for n in (x.shape[-1], x.shape[-2]):
            total = max((-(-n // s) - 1) * s + 3 - n, 0)
            pads += [total // 2, total - total // 2]
        return super().forward(F.pad(x, pads))


class PreActUnit(nn.Module):
    def __init__(self, cin, cout, groups, stride=1):
        super().__init__()
        self.gn1 = nn.GroupNorm(groups, cin, eps=EPS)
        self.gn2 = nn.GroupNorm(groups, cout, eps=EPS)
        self.conv1 = SameConv3x3(cin, cout, stride)
        self.conv2 = SameConv3x3(cout, cout)
        self.skip = None
        if stride != 1 or cin != cout:
            self.skip = nn.Conv2d(cin, cout, 1, stride, bias=False)

    def forward(self, x):
        pre = F.silu(self.gn1(x))
        out = self.conv2(F.silu(self.gn2(self.conv1(pre))))
        return out + (x if self.skip is None else self.skip(pre))


class ResNetGN(nn.Module):
    def __init__(self, classes=5):
        super().__init__()
        self.stem = SameConv3x3(3, 16, bias=True)
        self.body = nn.Sequential(PreActUnit(16, 16, 4), PreActUnit(16, 24, 8, stride=2), PreActUnit(24, 24, 8))
        self.gn = nn.GroupNorm(8, 24, eps=EPS)
        self.fc = nn.Linear(24, classes)

    def forward(self, x):
        x = F.silu(self.gn(self.body(self.stem(x))))
        return torch.softmax(self.fc(x.mean(dim=(2, 3))), dim=-1)
