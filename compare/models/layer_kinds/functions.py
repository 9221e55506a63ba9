"""Activation functions under common names, in both frameworks."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

# by torch's name in torch.nn.functional and its arguments
_TORCH: dict[str, tuple[str, dict[str, Any]]] = {
    "relu": ("relu", {}),
    "relu6": ("relu6", {}),
    "leaky relu": ("leaky_relu", {"negative_slope": 0.01}),
    "elu": ("elu", {}),
    "selu": ("selu", {}),
    "gelu": ("gelu", {}),
    "gelu tanh": ("gelu", {"approximate": "tanh"}),
    "silu": ("silu", {}),
    "mish": ("mish", {}),
    "sigmoid": ("sigmoid", {}),
    "log sigmoid": ("logsigmoid", {}),
    "hard sigmoid": ("hardsigmoid", {}),
    "hard silu": ("hardswish", {}),
    "tanh": ("tanh", {}),
    "softplus": ("softplus", {}),
    "softsign": ("softsign", {}),
    "softmax": ("softmax", {"dim": -1}),
    "log softmax": ("log_softmax", {"dim": -1}),
}
_KERAS: dict[str, tuple[str, dict[str, Any]]] = {
    "leaky relu": ("leaky_relu", {"negative_slope": 0.01}),
    "gelu": ("gelu", {"approximate": False}),
    "gelu tanh": ("gelu", {"approximate": True}),
    "log sigmoid": ("log_sigmoid", {}),
    "hard sigmoid": ("hard_sigmoid", {}),
    "hard silu": ("hard_silu", {}),
    "log softmax": ("log_softmax", {}),
}
# Keras's names of what is called otherwise here
_SPELLINGS = {name: common for common, (name, _) in _KERAS.items() if common != "gelu tanh"}
_SPELLINGS |= {"swish": "silu", "hard_swish": "hard silu", "None": "linear"}

# TensorFlow rounds these functions' constants to float32 in float64 too: off by 1e-9 of the value
SHORT_CONSTANTS = {f"{name}, float32 constants": name for name in ("gelu", "gelu tanh")}
SHORT_CONSTANTS |= {"leaky relu, float32 constants": "leaky relu"}

# in neither framework under this name, or no more: Keras 2's hard sigmoid, CLIP's GELU
_FORMULAS: dict[str, Callable[[Any, Any], Any]] = {
    "hard sigmoid, slope 0.2": lambda nn, x: nn.relu(1 - nn.relu(0.5 - 0.2 * x)),
    "quick gelu": lambda nn, x: x * nn.sigmoid(1.702 * x),
}

ACTIVATIONS = ("linear", *_TORCH, *_FORMULAS)
# what is taken for another in layers that have an activation of their own
LIKELY_ACTIVATIONS = (
    *("linear", "relu", "gelu", "gelu tanh", "tanh", "sigmoid", "silu", "softmax"),
    *("leaky relu", "elu", "relu6", "hard sigmoid", "hard silu"),
    *(*_FORMULAS, *SHORT_CONSTANTS),
)


def get_torch_function(name: str, axis: int = -1) -> Callable[[Any], Any]:
    """Return the function by its common name; axis: of softmax.

    Raises ValueError for a name that is unknown.
    """
    if name == "linear":
        return lambda x: x
    if name in _FORMULAS:
        return partial(_FORMULAS[name], import_module("torch"))
    if name in SHORT_CONSTANTS:
        return _get_short_function(SHORT_CONSTANTS[name])
    if name not in _TORCH:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)} (got {name})")
    torch_name, arguments = _TORCH[name]
    function = getattr(import_module("torch.nn.functional"), torch_name)
    arguments = arguments | ({"dim": axis} if "dim" in arguments else {})
    return lambda x: function(x, **arguments)


def _get_short_function(name: str) -> Callable[[Any], Any]:
    torch = import_module("torch")
    root, cubic, slope = (float(np.float32(number)) for number in (0.5**0.5, 0.044715, 0.01))
    if name == "gelu":
        return lambda x: 0.5 * x * torch.erfc(-x * root)
    if name == "gelu tanh":
        factor = float(np.sqrt(2 / np.pi))
        return lambda x: 0.5 * x * (1 + torch.tanh(factor * (x + cubic * x**3)))
    return lambda x: torch.where(x > 0, x, slope * x)


def get_keras_function(name: str) -> Callable[[Any], Any]:
    """Return the function by its common name. Raises ValueError for one that is unknown."""
    activations = import_module("keras").activations
    if name not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)} (got {name})")
    if name in _FORMULAS:
        return partial(_FORMULAS[name], activations)
    keras_name, arguments = _KERAS.get(name, (name, {}))
    function = getattr(activations, keras_name)
    return lambda x: function(x, **arguments)


def name_keras_function(function: Any) -> str:
    """Return the common name of what a Keras layer holds as its activation."""
    if function is None:
        return "linear"
    name = getattr(function, "__name__", type(function).__name__)
    return _SPELLINGS.get(name, name)
