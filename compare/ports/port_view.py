"""A port's module seen through its framework."""

import importlib
from typing import Any

from .framework import Framework


def get_by_path(module: Any, name: str, ops: str) -> Any:
    """Return what a module has under a dotted name.

    Below "ops" are a framework's own operations, whatever the port makes of them.

    >>> get_by_path(None, "ops.linalg.norm", "numpy").__name__
    'norm'
    """
    first, *rest = name.split(".")
    found = importlib.import_module(ops) if first == "ops" else getattr(module, first)
    for part in rest:
        found = getattr(found, part)
    return found


class PortView:
    """A port's module seen through its framework: a `suite.component.View`."""

    def __init__(self, module: Any, framework: Framework) -> None:
        self.module, self.framework = module, framework
        self.assign, self.array, self.share = framework.assign, framework.array, framework.share

    def get(self, name: str) -> Any:
        """Return what the port has under a dotted name."""
        return get_by_path(self.module, name, self.framework.ops)

    def has(self, name: str) -> bool:
        """Return whether the port offers a function or class of this name."""
        try:
            return callable(self.get(name))
        except AttributeError:
            return False
