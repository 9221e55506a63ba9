"""Activations that are an argument of a Keras layer, called behind it as a step of their own.

torch has none: a layer and its activation are two there, and each is compared by itself.
"""

from collections.abc import Callable
from typing import Any

OWN_WEIGHTS = ("kernel", "_kernel", "depthwise_kernel")  # of the layers that apply one at the end


def find_activation(layer: Any) -> Callable[..., Any] | None:
    """Return the activation that a layer with a kernel applies to its result; None without one."""
    activation = getattr(layer, "activation", None)
    known = type(layer).__module__.startswith("keras.")
    if not known or not callable(activation) or name_activation(activation) == "linear":
        return None
    recurrent = hasattr(layer, "recurrent_activation") or hasattr(layer, "recurrent_initializer")
    kernel = any(hasattr(layer, name) for name in OWN_WEIGHTS)
    return activation if kernel and not recurrent else None


def name_activation(activation: Callable[..., Any]) -> str:
    """Return what an activation is called, of Keras's own or of anybody's."""
    return str(getattr(activation, "__name__", type(activation).__name__)).lower()
