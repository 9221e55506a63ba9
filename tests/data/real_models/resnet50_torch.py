"""torchvision's ResNet-50, and with the settings of Keras's."""

import torch
from torchvision_operators import set_norms, torchvision


def published() -> torch.nn.Module:
    return torchvision.models.resnet50(weights=None)


def aligned() -> torch.nn.Module:
    net = published()
    set_norms(net, 1.001e-5, 0.01)
    for stage in (net.layer2, net.layer3, net.layer4):
        stage[0].conv1.stride, stage[0].conv2.stride = (2, 2), (1, 1)
    for layer in net.modules():
        if isinstance(layer, torch.nn.Conv2d):
            layer.bias = torch.nn.Parameter(torch.zeros(layer.out_channels))
    return net
