"""Convolutions of one to three axes, in groups, depthwise ones among them.

torch holds (out, in / groups, *k); Keras (*k, in / groups, out), and (*k, in, multiplier) for a
depthwise one, whose channel c gives the outputs c * multiplier and on: torch's order in groups.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..layer_kind import Form, LayerKind
from .activated import change_keras_activation, change_torch_activation
from .copying import copy_keras, copy_torch, wrap_keras, wrap_torch
from .functions import LIKELY_ACTIVATIONS, name_keras_function
from .kernels import (
    change_keras_kernel,
    change_torch_kernel,
    convert_torch_kernel,
    read_torch_geometry,
    repeat_numbers,
    restore_keras_kernel,
    restore_torch_kernel,
)
from .padding import PADDINGS, count_sides, pad_keras, pad_torch, read_sides

Arrays = Mapping[str, np.ndarray]
Settings = Mapping[str, Any]


def _read_torch(layer: Any) -> dict[str, Any]:
    return read_torch_geometry(layer) | {
        "padding": read_sides(layer.padding),
        "padded with": layer.padding_mode,
        "channels": "first",
    }


def _change_torch_padding(layer: Any, padding: Any) -> Any:
    rank = len(layer.kernel_size)
    mode = "constant" if layer.padding_mode == "zeros" else layer.padding_mode
    copied = copy_torch(layer, padding=(0,) * rank, padding_mode="zeros")

    def pad_first(itself: Any, inner: Any, x: Any) -> Any:
        geometry = (itself.kernel_size, itself.stride, itself.dilation)
        sides = count_sides(padding, x.shape[-rank:], *geometry)
        return inner(pad_torch(x, sides, mode=mode))

    return wrap_torch(copied, pad_first)


def _change_torch_fill(layer: Any, mode: str) -> Any:
    copied = copy_torch(layer, padding_mode=mode)
    if isinstance(layer.padding, str) or mode == "zeros":
        return copied
    copied._reversed_padding_repeated_twice = [p for p in reversed(layer.padding) for _ in "ba"]
    return copied


def _change_torch_numbers(name: str) -> Any:
    def change(layer: Any, value: Any) -> Any:
        numbers = (value,) * len(layer.kernel_size) if isinstance(value, int) else tuple(value)
        return copy_torch(layer, **{name: numbers})

    return change


def _is_depthwise(layer: Any) -> bool:
    return hasattr(layer, "depth_multiplier")


def _read_keras(layer: Any) -> dict[str, Any]:
    kernel = layer.kernel.shape if layer.built else None
    depthwise = _is_depthwise(layer)
    channels = {}
    if kernel is not None:
        inputs = kernel[-2] if depthwise else kernel[-2] * layer.groups
        channels = {"in": int(inputs), "groups": int(inputs) if depthwise else layer.groups}
        channels["out"] = int(kernel[-2] * kernel[-1] if depthwise else kernel[-1])
    return channels | {
        "size": tuple(layer.kernel_size),
        "stride": repeat_numbers(layer.strides, layer),
        "dilation": repeat_numbers(layer.dilation_rate, layer),
        "padding": layer.padding,
        "padded with": "zeros",
        "bias": layer.bias is not None,
        "activation": name_keras_function(layer.activation),
        "kernel": "as it is",
        "channels": "last" if layer.data_format == "channels_last" else "first",
        "depthwise": depthwise,
    }


def _to_common_keras(tensors: Arrays, settings: Settings) -> dict[str, np.ndarray]:
    kernel = tensors["kernel"]
    if settings.get("depthwise"):
        kernel = kernel.reshape(*kernel.shape[:-2], 1, -1)
    return {"kernel": kernel} | ({"bias": tensors["bias"]} if "bias" in tensors else {})


def _change_keras_padding(layer: Any, padding: Any) -> Any:
    last = layer.data_format == "channels_last"
    copied = copy_keras(layer, padding="valid")
    rank = len(layer.kernel_size)

    def pad_first(itself: Any, inner: Any, x: Any) -> Any:
        sizes = x.shape[1:-1] if last else x.shape[-rank:]
        stride, dilation = (
            repeat_numbers(itself.strides, itself),
            repeat_numbers(itself.dilation_rate, itself),
        )
        sides = count_sides(padding, sizes, itself.kernel_size, stride, dilation)
        return inner(pad_keras(x, sides, last))

    return wrap_keras(copied, pad_first)


KERAS_CHANGES = {
    "padding": _change_keras_padding,
    "stride": lambda layer, value: copy_keras(layer, strides=value),
    "dilation": lambda layer, value: copy_keras(layer, dilation_rate=value),
    "activation": change_keras_activation,
    "kernel": change_keras_kernel,
}

_TORCH_CLASSES = tuple(f"torch.nn.Conv{rank}d" for rank in (1, 2, 3))
_KERAS_CLASSES = (
    *(f"keras.layers.Conv{rank}D" for rank in (1, 2, 3)),
    *(f"keras.layers.DepthwiseConv{rank}D" for rank in (1, 2)),
)

CONVOLUTION = LayerKind(
    name="convolution",
    common={"kernel": "(*size, in / groups, out)", "bias": "(out,)"},
    forms={
        "torch": Form(
            _TORCH_CLASSES,
            convert_torch_kernel,
            restore_torch_kernel,
            _read_torch,
            {
                "padding": _change_torch_padding,
                "padded with": _change_torch_fill,
                "stride": _change_torch_numbers("stride"),
                "dilation": _change_torch_numbers("dilation"),
                "activation": change_torch_activation,
                "kernel": change_torch_kernel,
            },
        ),
        "keras": Form(
            _KERAS_CLASSES, _to_common_keras, restore_keras_kernel, _read_keras, KERAS_CHANGES
        ),
    },
    candidates={
        "padding": (*PADDINGS, "causal"),
        "padded with": ("zeros", "reflect", "replicate", "circular"),
        "stride": (1, 2),
        "dilation": (1, 2),
        "activation": LIKELY_ACTIVATIONS,
        "kernel": ("flipped", "axes exchanged"),
    },
)

KINDS = (CONVOLUTION,)
