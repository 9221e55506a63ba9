"""What convolutions, transposed or not, have alike: the layout of kernels, and their changes."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .copying import copy_keras, copy_torch
from .filling import fill_tensors

Arrays = Mapping[str, np.ndarray]
Settings = Mapping[str, Any]


def read_torch_geometry(layer: Any) -> dict[str, Any]:
    """Return what torch's convolutions, transposed or not, have alike."""
    return {
        "in": layer.in_channels,
        "out": layer.out_channels,
        "size": tuple(layer.kernel_size),
        "stride": tuple(layer.stride),
        "dilation": tuple(layer.dilation),
        "groups": layer.groups,
        "bias": layer.bias is not None,
        "activation": "linear",
        "kernel": "as it is",
    }


def convert_torch_kernel(tensors: Arrays, settings: Settings) -> dict[str, np.ndarray]:
    """Return the kernel with its axes last, its channels (in, out), and the bias."""
    common = {"kernel": np.moveaxis(tensors["weight"], (1, 0), (-2, -1))}
    return common | ({"bias": tensors["bias"]} if "bias" in tensors else {})


def restore_torch_kernel(common: Arrays, now: Arrays, settings: Settings) -> dict[str, np.ndarray]:
    """Return torch's weight and bias of the common ones."""
    weight = np.moveaxis(common["kernel"], (-2, -1), (1, 0))
    return fill_tensors(now, {"weight": weight, "bias": common.get("bias")})


def change_torch_kernel(layer: Any, how: str) -> Any:
    """Return a copy whose kernel is flipped, or has its axes the other way round."""
    copied = copy_torch(layer)
    weight = layer.weight.detach()
    axes = range(2, weight.ndim)
    weight = weight.flip(*axes) if how == "flipped" else weight.permute(0, 1, *reversed(axes))
    copied.weight = type(layer.weight)(weight.contiguous())
    return copied


def repeat_numbers(numbers: Any, layer: Any) -> tuple[int, ...]:
    """Return a number for each axis."""
    rank = len(layer.kernel_size)
    return (numbers,) * rank if isinstance(numbers, int) else tuple(numbers)


def restore_keras_kernel(common: Arrays, now: Arrays, settings: Settings) -> dict[str, np.ndarray]:
    """Return Keras's tensors of the common ones, which have its layout."""
    return fill_tensors(now, common)


def change_keras_kernel(layer: Any, how: str) -> Any:
    """Return a copy whose kernel is flipped, or has its axes the other way round."""
    copied = copy_keras(layer)
    kernel, *bias = layer.get_weights()
    axes = tuple(range(kernel.ndim - 2))
    turned = np.flip(kernel, axes) if how == "flipped" else np.moveaxis(kernel, axes, axes[::-1])
    copied.set_weights([turned, *bias])
    return copied
