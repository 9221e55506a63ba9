"""Kinds of layers: what is the same in torch and Keras under other names and layouts.

A kind is an entry of `KINDS` in a module of this package; `LAYER_KINDS` has them all by name.
"""

import pkgutil
import sys
from importlib import import_module
from typing import Any

from ..layer_kind import LayerKind

LAYER_KINDS: dict[str, LayerKind] = {
    kind.name: kind
    for module in pkgutil.iter_modules(__path__)
    for kind in getattr(import_module(f"{__name__}.{module.name}"), "KINDS", ())
}

# what a subclass may not override without becoming another layer
_CALLS = {"torch": ("forward", "_conv_forward"), "keras": ("call", "convolution_op")}


def find_kind(framework: str, layer: Any) -> LayerKind | None:
    """Return the kind of a torch module or a Keras layer, None if it is of none.

    A subclass of a framework's class is of its kind unless it overrides what is computed. Imports
    nothing. framework: "torch" or "keras".
    """
    for cls in type(layer).__mro__:
        kind = _find_by_class(framework, cls)
        if kind is not None:
            return kind
        if any(name in vars(cls) for name in _CALLS[framework]):
            return None
    return None


def read_layer(framework: str, layer: Any) -> tuple[str, dict[str, Any], str]:
    """Return a layer's kind, its settings, and the kind of the class that it is made from.

    As of `LayerRecord`, kinds by name. Imports nothing.
    """
    kind = find_kind(framework, layer)
    if kind is not None:
        return kind.name, kind.forms[framework].read_settings(layer), ""
    classes = (_find_by_class(framework, cls) for cls in type(layer).__mro__)
    base = next((one for one in classes if one is not None), None)
    if base is None:
        return "", {}, ""
    try:
        return "", base.forms[framework].read_settings(layer), base.name
    except (AttributeError, TypeError, ValueError):  # a class that keeps other things there
        return "", {}, ""


def _find_by_class(framework: str, cls: type) -> LayerKind | None:
    if cls.__module__.partition(".")[0] != framework:
        return None
    for kind in LAYER_KINDS.values():
        form = kind.forms.get(framework)
        for name in form.classes if form else ():
            module, _, short = name.rpartition(".")
            if short == cls.__name__ and getattr(sys.modules.get(module), short, None) is cls:
                return kind
    return None
