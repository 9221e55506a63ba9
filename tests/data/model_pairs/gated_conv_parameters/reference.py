"""Causal gated convolutions with residual and skip paths (WaveNet flavour)."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class GatedLayer(nn.Module):
    def __init__(self, channels, skip_channels, dilation, kernel_size=2):
        super().__init__()
        self.left = (kernel_size - 1) * dilation
        self.conv = nn.Conv1d(channels, 2 * channels, kernel_size, dilation=dilation)
        self.res = nn.Conv1d(channels, channels, 1)
        self.skip = nn.Conv1d(channels, skip_channels, 1)

    def forward(self, x):
        z = self.conv(F.pad(x, (self.left, 0)))
        z = F.glu(z, dim=1)
        return x + self.res(z), self.skip(z)


class GatedConvNet(nn.Module):
    def __init__(self, in_ch=4, channels=16, skip_channels=20, out_ch=3, dilations=(1, 2, 4)):
        super().__init__()
        self.start = nn.Conv1d(in_ch, channels, 1)
        self.layers = nn.ModuleList([GatedLayer(channels, skip_channels, d) for d in dilations])
        self.end1 = nn.Conv1d(skip_channels, skip_channels, 1)
        self.end2 = nn.Conv1d(skip_channels, out_ch, 1)

    def forward(self, x):
        x = self.start(x)
        skips = []
        for layer in self.layers:
            x, s = layer(x)
            skips.append(s)
        total = torch.stack(skips).sum(0)
        return self.end2(F.relu(self.end1(F.relu(total))))
