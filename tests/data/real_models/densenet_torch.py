"""torchvision's DenseNet-121, and with the settings of Keras's."""

import torch
from torchvision_operators import set_norms, torchvision


def published() -> torch.nn.Module:
    return torchvision.models.densenet121(weights=None)


def aligned() -> torch.nn.Module:
    net = published()
    set_norms(net, 1.001e-5, 0.01)
    return net
