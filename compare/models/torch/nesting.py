"""The tensors in what a model is given or gives: nested lists, dicts, named tuples, dataclasses."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np


def iterate_tensors(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Yield every tensor in a value and its place: "output[0]", "output.logits".

    Numbers and NumPy's arrays count too where they stand in an output; None and text do not.
    """
    import torch

    if isinstance(value, torch.Tensor | np.ndarray | np.number | bool | int | float | complex):
        yield place, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from iterate_tensors(inner, name_item(place, key))
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for item in dataclasses.fields(value):
            yield from iterate_tensors(getattr(value, item.name), f"{place}.{item.name}")
    elif isinstance(value, list | tuple):
        names = getattr(value, "_fields", None) or [None] * len(value)
        for k, (name, inner) in enumerate(zip(names, value, strict=True)):
            yield from iterate_tensors(inner, f"{place}.{name}" if name else f"{place}[{k}]")


def name_item(place: str, key: Any) -> str:
    """Return the place of a dict's item.

    >>> name_item("output", "logits"), name_item("output", "a b"), name_item("output", 3)
    ('output.logits', "output['a b']", 'output[3]')
    """
    return f"{place}.{key}" if isinstance(key, str) and key.isidentifier() else f"{place}[{key!r}]"


def list_tensors(value: Any) -> list[Any]:
    """Return the torch tensors in a value, in their order."""
    import torch

    return [found for _, found in iterate_tensors(value, "") if isinstance(found, torch.Tensor)]


def map_tensors(function: Callable[[Any], Any], value: Any) -> Any:
    """Return a value with function applied to every torch tensor in it, in their order.

    What holds no tensor that changes stays the same object.
    """
    import torch

    if isinstance(value, torch.Tensor):
        return function(value)
    if isinstance(value, Mapping):
        items = {key: map_tensors(function, inner) for key, inner in value.items()}
        same = all(items[key] is value[key] for key in items)
        return value if same else rebuild_mapping(value, items)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        old = {item.name: getattr(value, item.name) for item in dataclasses.fields(value)}
        new = {name: map_tensors(function, inner) for name, inner in old.items()}
        changed = {name: inner for name, inner in new.items() if inner is not old[name]}
        return dataclasses.replace(value, **changed) if changed else value
    if isinstance(value, list | tuple):
        inner = [map_tensors(function, item) for item in value]
        if all(new is old for new, old in zip(inner, value, strict=True)):
            return value
        return type(value)(*inner) if hasattr(value, "_fields") else type(value)(inner)
    return value


def rebuild_mapping(value: Any, items: dict[Any, Any]) -> Any:
    """Return a mapping of the same class with these items."""
    if dataclasses.is_dataclass(value):  # HuggingFace's outputs are both
        return type(value)(**items)
    return type(value)(items)
