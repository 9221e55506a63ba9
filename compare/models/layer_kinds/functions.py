"""Activation functions under common names, in both frameworks."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

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

ACTIVATIONS = ("linear", *_TORCH)
# what is taken for another in layers that have an activation of their own
LIKELY_ACTIVATIONS = (
    *("linear", "relu", "gelu", "gelu tanh", "tanh", "sigmoid", "silu", "softmax"),
    *("leaky relu", "elu", "relu6", "hard sigmoid", "hard silu"),
)


def get_torch_function(name: str) -> Callable[[Any], Any]:
    """Return the function by its common name. Raises ValueError for one that is unknown."""
    if name == "linear":
        return lambda x: x
    if name not in _TORCH:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)} (got {name})")
    torch_name, arguments = _TORCH[name]
    function = getattr(import_module("torch.nn.functional"), torch_name)
    return lambda x: function(x, **arguments)


def get_keras_function(name: str) -> Callable[[Any], Any]:
    """Return the function by its common name. Raises ValueError for one that is unknown."""
    activations = import_module("keras").activations
    if name not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)} (got {name})")
    keras_name, arguments = _KERAS.get(name, (name, {}))
    function = getattr(activations, keras_name)
    return lambda x: function(x, **arguments)


def name_keras_function(function: Any) -> str:
    """Return the common name of what a Keras layer holds as its activation."""
    if function is None:
        return "linear"
    name = getattr(function, "__name__", type(function).__name__)
    return _SPELLINGS.get(name, name)
