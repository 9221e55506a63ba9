"""A layer of Keras's with other settings, and what it gives where the layer itself is called."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..layer_kinds import find_kind
from ..records import TriedChange
from .fused_activations import find_activation
from .layers import name_layers
from .randomness import set_attributes
from .tensors import find_changed, find_tensors, read_values

Call = Callable[..., Any]


def change_layer(name: str, layer: Any, changes: Mapping[str, Any]) -> Any:
    """Return a layer as the given one with settings changed. Raises ValueError."""
    kind = find_kind("keras", layer)
    for setting, value in changes.items():
        change = None if kind is None else kind.forms["keras"].changes.get(setting)
        if change is None:
            raise ValueError(f"layer {name!r} has no setting {setting!r} that can be changed")
        layer = change(layer, value)
    return layer


def prepare_change(
    name: str, layer: Any, change: Mapping[str, Any], call: Call, split: bool
) -> Callable[[Any, Any, Callable[[Any], list[np.ndarray]]], TriedChange | None]:
    """Return what tries a change on what the layer is given; made before the layer is called.

    call: how layers are called. split: whether its activation is a step of its own.
    """
    try:
        changed = change_layer(name, layer, change)
    except Exception:  # noqa: BLE001  # a change that does not fit this layer explains nothing
        return lambda args, kwargs, read: None

    def attempt(args: Any, kwargs: Any, read: Callable[[Any], list[np.ndarray]]) -> Any:
        fused = split and find_activation(changed) is not None
        variables = {r.name: v for r, v in find_tensors(name_layers(changed, name))}
        before = read_values(variables)
        try:
            with set_attributes([(changed, "activation", None)] if fused else []):
                outputs = read(call(changed, *args, **kwargs))
        except Exception:  # noqa: BLE001  # a change that does not fit this layer explains nothing
            return None
        return TriedChange(outputs, find_changed(variables, before))

    return attempt
