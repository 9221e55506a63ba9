"""The convolutions of torchvision's VGG16."""

import torch
from torchvision_operators import torchvision


def published() -> torch.nn.Module:
    return torchvision.models.vgg16(weights=None).features
