"""The arrays that a user's network holds: where they are, how to read and to write them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

MAX_DEPTH = 4  # net.layers["Affine1"].W is at depth 3


@dataclass
class StoredArray:
    """One array that a network holds.

    label: as its author would write it, without the net.

    read: the array itself.
    write: put other values there, seen through every reference to it.
    """

    label: str
    read: Callable[[], Any]
    write: Callable[[Any], None]

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the shape of the array, as plain integers."""
        return tuple(int(n) for n in self.read().shape)


def find_stored_arrays(net: Any) -> list[StoredArray]:
    """Return the arrays that net holds, each once, in the order of its author."""
    if hasattr(net, "named_parameters"):
        found = [wrap_torch_parameter(name, value) for name, value in net.named_parameters()]
        if found:
            return found
    if hasattr(net, "trainable_weights") and net.trainable_weights:
        seen: list[StoredArray] = []
        for number, weight in enumerate(net.trainable_weights):
            path = str(getattr(weight, "path", "") or f"weights[{number}]")
            seen.append(wrap_keras_variable("/".join(path.split("/")[-2:]), weight))
        return seen
    places: dict[int, list[tuple[str, Any, Any]]] = {}
    for label, owner, key, value in walk_arrays(net):
        places.setdefault(id(value), []).append((label, owner, key))
    return [wrap_plain_array(where) for where in places.values()]


def wrap_torch_parameter(label: str, value: Any) -> StoredArray:
    """Wrap a torch parameter: it is written in place, in its own dtype."""

    def write(new: Any) -> None:
        if new is not value:
            value.data.copy_(new.detach())

    return StoredArray(label, lambda: value, write)


def wrap_keras_variable(label: str, value: Any) -> StoredArray:
    """Wrap a Keras or TensorFlow variable."""

    def write(new: Any) -> None:
        if new is not value:
            value.assign(new)

    return StoredArray(label, lambda: value, write)


def wrap_plain_array(places: list[tuple[str, Any, Any]]) -> StoredArray:
    """Wrap an array of these places: kept in place if dtype and shape allow, else replaced.

    In place, because a layer may hold a view of what `params` holds.
    """
    label, first_owner, first_key = places[0]

    def read() -> Any:
        return read_entry(first_owner, first_key)

    def write(new: Any) -> None:
        old = read()
        if new is old:
            return
        if hasattr(old, "assign"):
            old.assign(new)
            return
        same = tuple(old.shape) == tuple(new.shape) and old.dtype == new.dtype
        if same and isinstance(old, np.ndarray) and old.flags.writeable:
            old[...] = new
        elif same and hasattr(old, "requires_grad_"):
            old.data.copy_(new.detach())
        else:
            if hasattr(new, "requires_grad_"):
                new = new.detach().clone().requires_grad_(bool(old.requires_grad))
            for _, owner, key in places:
                write_entry(owner, key, new)

    return StoredArray(label, read, write)


def read_entry(owner: Any, key: Any) -> Any:
    """Return what owner holds: by index or key in a list or dict, else as an attribute."""
    return owner[key] if isinstance(owner, dict | list) else getattr(owner, key)


def write_entry(owner: Any, key: Any, value: Any) -> None:
    """Set what owner holds: by index or key in a list or dict, else as an attribute."""
    if isinstance(owner, dict | list):
        owner[key] = value
    else:
        setattr(owner, key, value)


def is_array(value: Any) -> bool:
    """Whether value is a floating point array of one or two axes, of any framework."""
    shape, dtype = getattr(value, "shape", None), getattr(value, "dtype", None)
    if shape is None or dtype is None or isinstance(value, type) or not hasattr(shape, "__len__"):
        return False
    return len(shape) in (1, 2) and "float" in str(dtype)


def walk_arrays(net: Any) -> Iterator[tuple[str, Any, Any, Any]]:
    """(label, owner, key, array) for every array reachable from net, `params` first."""
    todo: list[tuple[str, Any, int]] = [("", net, 0)]
    seen = {id(net)}
    while todo:
        label, owner, depth = todo.pop(0)
        items: list[tuple[str, Any, Any]]
        if isinstance(owner, dict):
            items = [(f"{label}[{key!r}]", key, value) for key, value in owner.items()]
        elif isinstance(owner, list):
            items = [(f"{label}[{n}]", n, value) for n, value in enumerate(owner)]
        else:
            prefix = f"{label}." if label else ""
            names = sorted(getattr(owner, "__dict__", {}), key=lambda name: name != "params")
            items = [(prefix + name, name, owner.__dict__[name]) for name in names]
        for inner, key, value in items:
            if is_array(value):
                yield inner, owner, key, value
            elif depth < MAX_DEPTH and id(value) not in seen and can_contain_arrays(value):
                seen.add(id(value))
                todo.append((inner, value, depth + 1))


def can_contain_arrays(value: Any) -> bool:
    """Whether to look inside: containers and objects of the user's own classes."""
    if isinstance(value, dict | list):
        return True
    module = type(value).__module__.partition(".")[0]
    return hasattr(value, "__dict__") and module not in (
        "builtins", "numpy", "torch", "keras", "tensorflow", "jax", "types", "collections",
    ) and not callable(value)  # fmt: skip
