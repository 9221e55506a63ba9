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
    return read_torch_geometry(layer) | {"cut": tuple((p, p - more) for p, more in cut)}


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


def _read_keras(layer: Any) -> dict[str, Any]:
    channels = {}
    if layer.built:
        channels = {"in": int(layer.kernel.shape[-1]), "out": int(layer.kernel.shape[-2])}
    return channels | {
        "size": tuple(layer.kernel_size),
        "stride": repeat_numbers(layer.strides, layer),
        "dilation": repeat_numbers(layer.dilation_rate, layer),
        "groups": 1,
        "cut": layer.padding if layer.output_padding is None else "by output_padding",
        "bias": layer.bias is not None,
        "activation": name_keras_function(layer.activation),
        "kernel": "as it is",
    }


def _to_common_keras(tensors: Arrays, settings: Settings) -> dict[str, np.ndarray]:
    return dict(tensors)


def _change_keras_cut(layer: Any, cut: Any) -> Any:
    copied = copy_keras(layer, padding="valid", output_padding=None)
    geometry = (layer.kernel_size, repeat_numbers(layer.strides, layer))
    dilation = repeat_numbers(layer.dilation_rate, layer)
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


TRANSPOSED_CONVOLUTION = LayerKind(
    name="transposed convolution",
    common={"kernel": "(*size, out / groups, in)", "bias": "(out,)"},
    forms={
        "torch": Form(
            tuple(f"torch.nn.ConvTranspose{rank}d" for rank in (1, 2, 3)),
            convert_torch_kernel,
            restore_torch_kernel,
            _read_torch,
            {
                "cut": _change_torch_cut,
                "activation": change_torch_activation,
                "kernel": change_torch_kernel,
            },
        ),
        "keras": Form(
            tuple(f"keras.layers.Conv{rank}DTranspose" for rank in (1, 2, 3)),
            _to_common_keras,
            restore_keras_kernel,
            _read_keras,
            {
                "cut": _change_keras_cut,
                "activation": change_keras_activation,
                "kernel": change_keras_kernel,
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
