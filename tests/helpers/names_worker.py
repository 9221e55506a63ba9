"""What one of the three twins offers: names, signatures, methods."""

import importlib
import inspect
import sys
from collections.abc import Callable
from typing import Any


def list_names(package: str, modules: list[str]) -> dict[str, Any]:
    """The names of a package, those of each file with their signatures, and its frameworks.

    A name belongs to a file if it is defined there, or in the reference's file of that name.
    """
    home = f"trueport.{package}"
    offered = importlib.import_module(home)
    return {
        "all": list(offered.__all__),
        "missing": [name for name in offered.__all__ if not hasattr(offered, name)],
        "modules": {name: list_names_of_file(f"{home}.{name}", home) for name in modules},
        "foreign": [name for name in ("torch", "tensorflow", "keras") if name in sys.modules],
    }


def list_names_of_file(module: str, home: str) -> dict[str, Any]:
    homes = (module, module.replace(home, "trueport.reference"))
    found: dict[str, Any] = {}
    for name, value in vars(importlib.import_module(module)).items():
        if name.startswith("_") or getattr(value, "__module__", None) not in homes:
            continue
        if value.__name__ != name:
            continue
        if inspect.isclass(value):
            methods = {n: v for n, v in vars(value).items() if inspect.isfunction(v)}
            found[name] = {
                n: describe_parameters(v)
                for n, v in methods.items()
                if n == "__init__" or not n.startswith("_")
            }
        else:
            found[name] = describe_parameters(value)
    return found


def describe_parameters(function: Callable[..., Any]) -> list[list[str]]:
    parameters = inspect.signature(function).parameters.values()
    return [[p.name, p.kind.name, repr(p.default)] for p in parameters]


def import_networks(folder: str, names: list[str]) -> dict[str, str]:
    """Changed packages in folder whose import, or whose network, fails: name to what it raises."""
    failed = {}
    sys.path.insert(0, folder)
    try:
        for name in names:
            try:
                importlib.import_module(name).TwoLayerNet(2, 3, 2)
            except Exception as error:  # noqa: BLE001  # whatever it is, the test shows it
                failed[name] = f"{type(error).__name__}: {error}"
    finally:
        sys.path.remove(folder)
    return failed
