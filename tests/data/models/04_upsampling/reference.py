"""The end of a segmentation network: classes for each pixel, brought to the size of the image."""

import numpy as np
from torch import nn


class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.logits = nn.Conv2d(4, 3, 1)
        self.up = nn.Upsample(scale_factor=4, mode="bilinear", align_corners=True)

    def forward(self, x):
        return self.up(self.logits(x))


def inputs():
    return np.random.default_rng(0).normal(size=(2, 4, 5, 6))
