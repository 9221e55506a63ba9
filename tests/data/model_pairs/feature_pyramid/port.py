import torch
import torch.nn as nn
import torch.nn.functional as F


class Stage(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(cout, eps=1e-3, momentum=0.01)

    def forward(self, x):
        x = F.max_pool2d(x, 2)
        return F.leaky_relu(self.bn(self.conv(x)), 0.1)


class HeatmapFPN(nn.Module):
    def __init__(self, width=24, n_outputs=5):
        super().__init__()
        channels = [16, 24, 32, 48]
        self.stem = nn.Conv2d(3, channels[0], 3, padding=1)
        self.stages = nn.ModuleList([Stage(a, b) for a, b in zip(channels[:-1], channels[1:])])
        self.laterals = nn.ModuleList([nn.Conv2d(c, width, 1) for c in channels[1:]])
        self.smooth = nn.Conv2d(width, width, 3, padding=1)
        self.head = nn.Conv2d(width, n_outputs, 1)

    def forward(self, image):
        x = F.relu(self.stem(image))
        feats = []
        for stage in self.stages:
            x = stage(x)
            feats.append(x)

        lateral = [conv(f) for conv, f in zip(self.laterals, feats)]
        # walk from coarse to fine
        merged = [lateral[-1]]
        for i in range(len(lateral) - 2, -1, -1):
            up = F.interpolate(lateral[i + 1], scale_factor=2, mode="nearest")
            merged.append(lateral[i] + up)

        finest = F.relu(self.smooth(merged[-1]))
        return torch.sigmoid(self.head(finest))
