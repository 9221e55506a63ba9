"""torchvision, whose own operators a build of torch without them must hear of before its import."""

import importlib

import torch

NAMES = ("nms", "qnms", "roi_align", "roi_pool", "ps_roi_align", "ps_roi_pool", "deform_conv2d")
operators = torch.library.Library("torchvision", "FRAGMENT")
for name in NAMES:
    for declared in (name, f"_{name}_backward"):
        operators.define(f"{declared}(Tensor x) -> Tensor")

torchvision = importlib.import_module("torchvision")
transformers = importlib.import_module("transformers")  # imports torchvision too


def set_norms(net: torch.nn.Module, epsilon: float, momentum: float) -> None:
    """Give every batch normalisation Keras's numbers. momentum: as torch means it."""
    for layer in net.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.eps, layer.momentum = epsilon, momentum


def pad_one_side(net: torch.nn.Module) -> None:
    """Pad every convolution of stride 2 as Keras does for images of even sizes: below, right."""
    for module in list(net.modules()):
        for name, layer in list(module.named_children()):
            if isinstance(layer, torch.nn.Conv2d) and layer.stride == (2, 2):
                wide = layer.kernel_size[0] // 2
                layer.padding = (0, 0)
                pad = torch.nn.ZeroPad2d((wide - 1, wide, wide - 1, wide))
                setattr(module, name, torch.nn.Sequential(pad, layer))
