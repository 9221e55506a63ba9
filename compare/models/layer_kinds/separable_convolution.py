"""Keras's separable convolution: a depthwise one, then one of size 1; in torch two layers.

Its common roles are those of the two: "depthwise kernel" and "pointwise kernel", each in the layout
of a convolution's kernel, so that each can be paired with a layer of torch's. The bias is added
behind the second.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..layer_kind import Form, LayerKind
from .convolution import CONVOLUTION
from .filling import fill_tensors
from .functions import name_keras_function

Arrays = Mapping[str, np.ndarray]
Settings = Mapping[str, Any]

_ROLES = {"depthwise_kernel": "depthwise kernel", "pointwise_kernel": "pointwise kernel"}


def _read(layer: Any) -> dict[str, Any]:
    rank = len(layer.kernel_size)
    numbers = {"stride": layer.strides, "dilation": layer.dilation_rate}
    return {
        name: (n,) * rank if isinstance(n, int) else tuple(n) for name, n in numbers.items()
    } | {
        "size": tuple(layer.kernel_size),
        "padding": layer.padding,
        "bias": layer.bias is not None,
        "activation": name_keras_function(layer.activation),
    }


def _to_common(tensors: Arrays, settings: Settings) -> dict[str, np.ndarray]:
    common = {_ROLES.get(role, role): value for role, value in tensors.items()}
    kernel = common["depthwise kernel"]
    return common | {"depthwise kernel": kernel.reshape(*kernel.shape[:-2], 1, -1)}


def _from_common(common: Arrays, now: Arrays, settings: Settings) -> dict[str, np.ndarray]:
    return fill_tensors(now, {role: common.get(_ROLES.get(role, role)) for role in now})


_NAMES = ("padding", "stride", "dilation", "activation")

SEPARABLE_CONVOLUTION = LayerKind(
    name="separable convolution",
    common={
        "depthwise kernel": "(*size, 1, in * multiplier)",
        "pointwise kernel": "(*1, in * multiplier, out)",
        "bias": "(out,)",
    },
    forms={
        "keras": Form(
            tuple(f"keras.layers.SeparableConv{rank}D" for rank in (1, 2)),
            _to_common,
            _from_common,
            _read,
            {name: CONVOLUTION.forms["keras"].changes[name] for name in _NAMES},
        )
    },
    candidates={name: CONVOLUTION.candidates[name] for name in _NAMES},
)

KINDS = (SEPARABLE_CONVOLUTION,)
