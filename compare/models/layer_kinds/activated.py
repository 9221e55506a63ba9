"""The activation that a Keras layer with weights may have of its own, and torch's has not."""

from typing import Any

from .copying import copy_keras, copy_torch, wrap_keras, wrap_torch
from .functions import get_keras_function, get_torch_function


def change_torch_activation(layer: Any, name: str) -> Any:
    """Return the layer with an activation behind it, by its common name."""
    axis = 1 if hasattr(layer, "kernel_size") else -1  # the channels'
    function = get_torch_function(name, axis)
    return wrap_torch(copy_torch(layer), lambda itself, inner, x: function(inner(x)))


def change_keras_activation(layer: Any, name: str) -> Any:
    """Return the layer with another activation, by its common name."""
    function = get_keras_function(name)
    copied = copy_keras(layer, activation=None)
    return wrap_keras(copied, lambda itself, inner, x: function(inner(x)))
