"""torchvision's MobileNetV2, and with the settings of Keras's."""

import torch
from torchvision_operators import pad_one_side, set_norms, torchvision


def published() -> torch.nn.Module:
    return torchvision.models.mobilenet_v2(weights=None)


def aligned() -> torch.nn.Module:
    net = published()
    set_norms(net, 1e-3, 0.001)
    pad_one_side(net)
    return net
