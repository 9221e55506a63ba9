"""torchvision's EfficientNet-B0, and with the settings of Keras's."""

import torch
from torchvision_operators import pad_one_side, set_norms, torchvision


class Scaled(torch.nn.Module):
    """Takes images of 0 to 255, as Keras's does."""

    def __init__(self, net: torch.nn.Module):
        super().__init__()
        self.net = net

    def forward(self, x):
        return self.net(x / 255)


def published() -> torch.nn.Module:
    return torchvision.models.efficientnet_b0(weights=None)


def aligned() -> torch.nn.Module:
    net = published()
    set_norms(net, 1e-3, 0.01)
    pad_one_side(net)
    return Scaled(net)
