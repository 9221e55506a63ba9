import torch
from torch import nn


class SeparableConv2d(nn.Module):
    def __init__(self, cin, cout, k=3):
        super().__init__()
        self.depthwise = nn.Conv2d(cin, cin, k, padding=k // 2, groups=cin, bias=False)
        self.pointwise = nn.Conv2d(cin, cout, 1)

    def forward(self, x):
        return self.pointwise(self.depthwise(x))


class PetNet(nn.Module):
    def __init__(self, num_classes=2, eps=1e-3, momentum=0.99):
        super().__init__()
        bn = lambda c: nn.BatchNorm2d(c, eps=eps, momentum=momentum)
        self.block1 = nn.Sequential(nn.Conv2d(3, 12, 3, padding=1, bias=False), bn(12), nn.ReLU(), nn.MaxPool2d(2))
        self.block2 = nn.Sequential(nn.Conv2d(12, 20, 3, padding=1, bias=False), bn(20), nn.ReLU(), nn.MaxPool2d(2))
        self.sep = SeparableConv2d(20, 28)
        self.sep_bn = bn(28)
        self.fc = nn.Linear(28, num_classes)

    def forward(self, x):
        x = x * 0.5
        x = self.block2(self.block1(x))
        x = torch.relu(self.sep_bn(self.sep(x)))
        x = x.mean(dim=(2, 3))
        return self.fc(x)
