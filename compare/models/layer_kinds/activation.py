"""Activations as layers of their own, and PReLU, which has weights."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from ..layer_kind import Form, LayerKind
from .copying import copy_keras, copy_torch, wrap_keras, wrap_torch
from .functions import (
    LIKELY_ACTIVATIONS,
    get_keras_function,
    get_torch_function,
    name_keras_function,
)
from .roles import rename_from_common, rename_to_common

_TORCH_CLASSES = {
    **{"Identity": "linear", "ReLU": "relu", "ReLU6": "relu6", "LeakyReLU": "leaky relu"},
    **{"ELU": "elu", "SELU": "selu", "GELU": "gelu", "SiLU": "silu", "Mish": "mish"},
    **{"Sigmoid": "sigmoid", "LogSigmoid": "log sigmoid", "Hardsigmoid": "hard sigmoid"},
    **{"Hardswish": "hard silu", "Tanh": "tanh", "Softplus": "softplus", "Softsign": "softsign"},
    **{"Softmax": "softmax", "LogSoftmax": "log softmax"},
}
_KERAS_CLASSES = {
    **{"Identity": "linear", "ReLU": "relu", "LeakyReLU": "leaky relu", "ELU": "elu"},
    **{"Softmax": "softmax", "Activation": ""},
}
_NOTHING = (rename_to_common({}), rename_from_common({}))
_SLOPES = (0.01, 0.3, 0.2, 0.1, 0.0)
_AXES = (-1, 1, 0, -2, 2)


def _find_class(layer: Any, classes: dict[str, str]) -> str:
    return next(c.__name__ for c in type(layer).__mro__ if c.__name__ in classes)


def _read_torch(layer: Any) -> dict[str, Any]:
    name = _TORCH_CLASSES[_find_class(layer, _TORCH_CLASSES)]
    if name == "gelu" and layer.approximate == "tanh":
        name = "gelu tanh"
    settings: dict[str, Any] = {"function": name}
    if name == "leaky relu":
        settings["slope"] = layer.negative_slope
    if name == "elu":
        settings["alpha"] = layer.alpha
    if "softmax" in name:
        settings["axis"] = layer.dim
    if name == "softplus" and (layer.beta, layer.threshold) != (1, 20):
        settings |= {"beta": layer.beta, "linear beyond": layer.threshold}
    return settings


def _read_keras(layer: Any) -> dict[str, Any]:
    name = _KERAS_CLASSES[_find_class(layer, _KERAS_CLASSES)]
    if not name:
        name = name_keras_function(layer.activation)
    settings: dict[str, Any] = {"function": name}
    if name == "relu" and hasattr(layer, "max_value"):
        if layer.negative_slope:
            settings = {"function": "leaky relu", "slope": float(layer.negative_slope)}
        elif layer.max_value == 6:
            settings = {"function": "relu6"}
        elif layer.max_value is not None:
            settings["cap"] = float(layer.max_value)
        if layer.threshold:
            settings["threshold"] = float(layer.threshold)
    if name == "leaky relu":
        # Keras: the layer's slope is 0.3, that of the function 0.2
        settings["slope"] = float(getattr(layer, "negative_slope", 0.2))
    if name == "elu":
        settings["alpha"] = float(getattr(layer, "alpha", 1.0))
    if "softmax" in name:
        settings["axis"] = getattr(layer, "axis", -1)
    return settings


def _replace_torch(layer: Any, function: Callable[[Any], Any]) -> Any:
    return wrap_torch(copy_torch(layer), lambda itself, inner, x: function(x))


def _replace_keras(layer: Any, function: Callable[[Any], Any]) -> Any:
    return wrap_keras(copy_keras(layer), lambda itself, inner, x: function(x))


def _change_torch_slope(layer: Any, slope: float) -> Any:
    leaky = import_module("torch.nn.functional").leaky_relu
    return _replace_torch(layer, lambda x: leaky(x, slope))


def _change_keras_slope(layer: Any, slope: float) -> Any:
    relu = import_module("keras").ops.relu
    return _replace_keras(layer, lambda x: relu(x) - slope * relu(-x))


def _change_torch_alpha(layer: Any, alpha: float) -> Any:
    elu = import_module("torch.nn.functional").elu
    return _replace_torch(layer, lambda x: elu(x, alpha))


def _change_keras_alpha(layer: Any, alpha: float) -> Any:
    elu = import_module("keras").ops.elu
    return _replace_keras(layer, lambda x: elu(x, alpha))


def _change_torch_axis(layer: Any, axis: int) -> Any:
    softmax = import_module("torch").softmax
    if _read_torch(layer)["function"] == "log softmax":
        softmax = import_module("torch").log_softmax
    return _replace_torch(layer, lambda x: softmax(x, axis))


def _change_keras_axis(layer: Any, axis: int) -> Any:
    activations = import_module("keras").activations
    softmax = activations.softmax
    if _read_keras(layer)["function"] == "log softmax":
        softmax = activations.log_softmax
    return _replace_keras(layer, lambda x: softmax(x, axis=axis))


def _read_torch_prelu(layer: Any) -> dict[str, Any]:
    return {"slopes": layer.num_parameters}


def _read_keras_prelu(layer: Any) -> dict[str, Any]:
    return {"shared axes": tuple(layer.shared_axes or ())}


def _fill_prelu(common: Any, now: Any, settings: Any) -> dict[str, np.ndarray]:
    """One slope for each channel, or for all, is the same at each place where Keras has more."""
    [(role, value)] = now.items()
    slopes = common["slope"].reshape(-1)
    if slopes.size > value.size and value.size == 1:
        raise ValueError(f"a slope for all cannot hold {slopes.size} of them")
    return {role: np.broadcast_to(slopes, value.shape).copy()}


def _read_slopes(tensors: Any, settings: Any) -> dict[str, np.ndarray]:
    """One for each channel, where those of a channel are one; else all of them."""
    [value] = tensors.values()
    rows = value.reshape(-1, value.shape[-1])
    same = value.ndim > 1 and bool(np.all(rows == rows[:1]))
    return {"slope": rows[0] if same else value}


ACTIVATION = LayerKind(
    name="activation",
    common={},
    forms={
        "torch": Form(
            tuple(f"torch.nn.{name}" for name in _TORCH_CLASSES),
            *_NOTHING,
            _read_torch,
            {
                "function": lambda layer, name: _replace_torch(layer, get_torch_function(name)),
                "slope": _change_torch_slope,
                "alpha": _change_torch_alpha,
                "axis": _change_torch_axis,
            },
        ),
        "keras": Form(
            tuple(f"keras.layers.{name}" for name in _KERAS_CLASSES),
            *_NOTHING,
            _read_keras,
            {
                "function": lambda layer, name: _replace_keras(layer, get_keras_function(name)),
                "slope": _change_keras_slope,
                "alpha": _change_keras_alpha,
                "axis": _change_keras_axis,
            },
        ),
    },
    candidates={
        "function": LIKELY_ACTIVATIONS,
        "slope": _SLOPES,
        "alpha": (1.0, 1.67326, 0.1),
        "axis": _AXES,
    },
)

PRELU = LayerKind(
    name="PReLU",
    common={"slope": "(channels,)"},
    forms={
        "torch": Form(
            ("torch.nn.PReLU",),
            rename_to_common({"weight": "slope"}),
            rename_from_common({"weight": "slope"}),
            _read_torch_prelu,
        ),
        "keras": Form(("keras.layers.PReLU",), _read_slopes, _fill_prelu, _read_keras_prelu),
    },
)

KINDS = (ACTIVATION, PRELU)
