"""Transposed convolutions: torch holds (in, out / groups, *k), Keras (*k, out, in), none flipped.

What either cuts off of the whole result, (n - 1) * stride + span places, is "cut": (before, after)
for each axis, where a negative number adds places. Keras's "same" leaves n * stride places, the odd
one cut at the end; its "valid" adds places where the stride is longer than the kernel.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..layer_kind import Form, LayerKind
from .activated import change_keras_activation, change_torch_activation
from .copying import copy_keras, copy_torch, wrap_keras, wrap_torch
from .filling import fill_tensors
from .functions import LIKELY_ACTIVATIONS, name_keras_function

Arrays = Mapping[str, np.ndarray]
Settings = Mapping[str, Any]
Sides = tuple[tuple[int, int], ...]

CUTS = ("valid", "same", "half")


def _count_cut(cut: Any, kernel: Sequence[int], stride: Sequence[int], dilation: Any) -> Sides:
    spans = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    both = list(zip(spans, stride, strict=True))
    if cut == "valid":
        return tuple((0, -max(s - span, 0)) for span, s in both)
    if cut == "same":
        before = [max(span - s, 0) // 2 for span, s in both]
        return tuple((b, span - s - b) for b, (span, s) in zip(before, both, strict=True))
    if cut == "half":
        return tuple((span // 2, span // 2) for span in spans)
    if isinstance(cut, str):
        raise ValueError(f"cut must be one of {', '.join(CUTS)} or sides (got {cut})")
    return tuple((int(before), int(after)) for before, after in cut)


def _read_torch(layer: Any) -> dict[str, Any]:
    cut = zip(layer.padding, layer.output_padding, strict=True)
    return {
        "in": layer.in_channels,
        "out": layer.out_channels,
        "size": tuple(layer.kernel_size),
        "stride": tuple(layer.stride),
        "dilation": tuple(layer.dilation),
        "groups": layer.groups,
        "cut": tuple((p, p - more) for p, more in cut),
        "bias": layer.bias is not None,
        "activation": "linear",
        "kernel": "as it is",
    }


def _to_common_torch(tensors: Arrays, settings: Settings) -> dict[str, np.ndarray]:
    common = {"kernel": np.moveaxis(tensors["weight"], (1, 0), (-2, -1))}
    return common | ({"bias": tensors["bias"]} if "bias" in tensors else {})


def _from_common_torch(common: Arrays, now: Arrays, settings: Settings) -> dict[str, np.ndarray]:
    weight = np.moveaxis(common["kernel"], (-2, -1), (1, 0))
    return fill_tensors(now, {"weight": weight, "bias": common.get("bias")})


def _change_torch_cut(layer: Any, cut: Any) -> Any:
    sides = _count_cut(cut, layer.kernel_size, layer.stride, layer.dilation)
    more = tuple(max(-after, 0) for _, after in sides)
    none = (0,) * len(sides)
    copied = copy_torch(layer, padding=none, output_padding=more)

    def cut_off(itself: Any, inner: Any, x: Any) -> Any:
        y = inner(x)
        for axis, (before, after) in enumerate(sides, 2):
            y = y.narrow(axis, before, y.shape[axis] - before - max(after, 0))
        return y

    return wrap_torch(copied, cut_off)


def _change_torch_kernel(layer: Any, how: str) -> Any:
    copied = copy_torch(layer)
    weight = layer.weight.detach()
    axes = range(2, weight.ndim)
    weight = weight.flip(*axes) if how == "flipped" else weight.permute(0, 1, *reversed(axes))
    copied.weight = type(layer.weight)(weight.contiguous())
    return copied


def _read_keras(layer: Any) -> dict[str, Any]:
    channels = {}
    if layer.built:
        channels = {"in": int(layer.kernel.shape[-1]), "out": int(layer.kernel.shape[-2])}
    return channels | {
        "size": tuple(layer.kernel_size),
        "stride": _repeat(layer.strides, layer),
        "dilation": _repeat(layer.dilation_rate, layer),
        "groups": 1,
        "cut": layer.padding if layer.output_padding is None else "by output_padding",
        "bias": layer.bias is not None,
        "activation": name_keras_function(layer.activation),
        "kernel": "as it is",
    }


def _repeat(numbers: Any, layer: Any) -> tuple[int, ...]:
    rank = len(layer.kernel_size)
    return (numbers,) * rank if isinstance(numbers, int) else tuple(numbers)


def _to_common_keras(tensors: Arrays, settings: Settings) -> dict[str, np.ndarray]:
    return dict(tensors)


def _from_common_keras(common: Arrays, now: Arrays, settings: Settings) -> dict[str, np.ndarray]:
    return fill_tensors(now, common)


def _change_keras_cut(layer: Any, cut: Any) -> Any:
    copied = copy_keras(layer, padding="valid", output_padding=None)
    geometry = (layer.kernel_size, _repeat(layer.strides, layer))
    dilation = _repeat(layer.dilation_rate, layer)
    sides = _count_cut(cut, *geometry, dilation)
    added = [-after for _, after in _count_cut("valid", *geometry, dilation)]
    first = 1 if layer.data_format == "channels_last" else 2

    def cut_off(itself: Any, inner: Any, x: Any) -> Any:
        y = inner(x)
        kept = [slice(None)] * len(y.shape)
        for i, (before, after) in enumerate(sides):
            n = y.shape[first + i]
            if after + added[i] < 0:
                raise ValueError(f"Keras adds {added[i]} places at most (got {-after})")
            kept[first + i] = slice(before, n - after - added[i])
        return y[tuple(kept)]

    return wrap_keras(copied, cut_off)


def _change_keras_kernel(layer: Any, how: str) -> Any:
    copied = copy_keras(layer)
    kernel, *bias = layer.get_weights()
    axes = tuple(range(kernel.ndim - 2))
    turned = np.flip(kernel, axes) if how == "flipped" else np.moveaxis(kernel, axes, axes[::-1])
    copied.set_weights([turned, *bias])
    return copied


TRANSPOSED_CONVOLUTION = LayerKind(
    name="transposed convolution",
    common={"kernel": "(*size, out / groups, in)", "bias": "(out,)"},
    forms={
        "torch": Form(
            tuple(f"torch.nn.ConvTranspose{rank}d" for rank in (1, 2, 3)),
            _to_common_torch,
            _from_common_torch,
            _read_torch,
            {
                "cut": _change_torch_cut,
                "activation": change_torch_activation,
                "kernel": _change_torch_kernel,
            },
        ),
        "keras": Form(
            tuple(f"keras.layers.Conv{rank}DTranspose" for rank in (1, 2, 3)),
            _to_common_keras,
            _from_common_keras,
            _read_keras,
            {
                "cut": _change_keras_cut,
                "activation": change_keras_activation,
                "kernel": _change_keras_kernel,
            },
        ),
    },
    candidates={
        "cut": CUTS,
        "activation": LIKELY_ACTIVATIONS,
        "kernel": ("flipped", "axes exchanged"),
    },
)

KINDS = (TRANSPOSED_CONVOLUTION,)
