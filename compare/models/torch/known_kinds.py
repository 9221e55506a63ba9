"""The kind of a layer, as the table of kinds has it."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

TABLE = "layer_kinds"


def find_kind(layer: Any) -> Any:
    """Return the `LayerKind` of a module, None for one that is of none."""
    name = f"{__package__.rpartition('.')[0]}.{TABLE}"
    if find_spec(name) is None:
        return None
    return import_module(name).find_kind("torch", layer)
