"""The arrays that a user's network holds: where they are, how to read and to write them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

MAX_DEPTH = 4  # net.layers["Affine1"].W is at depth 3

ArrayPath = tuple[Any, ...]  # from a network, the index, key or attribute at each step


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
        found = [wrap_torch_parameter(net, name) for name, _ in net.named_parameters()]
        if found:
            return found
    if hasattr(net, "trainable_weights") and net.trainable_weights:
        seen: list[StoredArray] = []
        for number, weight in enumerate(net.trainable_weights):
            name = str(getattr(weight, "path", "") or f"weights[{number}]")
            seen.append(wrap_keras_variable("/".join(name.split("/")[-2:]), weight))
        return seen
    places: dict[int, list[tuple[str, ArrayPath]]] = {}
    for label, path, value in walk_arrays(net):
        places.setdefault(id(value), []).append((label, path))
    return [wrap_plain_array(net, where) for where in places.values()]


def wrap_torch_parameter(net: Any, label: str) -> StoredArray:
    """Wrap a torch parameter, wherever it is by then: written in place, in its own dtype."""

    def read() -> Any:
        return net.get_parameter(label)

    def write(new: Any) -> None:
        if new is not (value := read()):
            value.data.copy_(new.detach())

    return StoredArray(label, read, write)


def wrap_keras_variable(label: str, value: Any) -> StoredArray:
    """Wrap a Keras or TensorFlow variable."""

    def write(new: Any) -> None:
        if new is not value:
            value.assign(new)

    return StoredArray(label, lambda: value, write)


def wrap_plain_array(net: Any, places: list[tuple[str, ArrayPath]]) -> StoredArray:
    """Wrap an array of these places: kept in place if dtype and shape allow, else replaced.

    In place, because a layer may hold a view of what `params` holds. The places are looked up anew
    each time: a network may have put other arrays, or another dict, there.
    """
    label, first = places[0]

    def read() -> Any:
        return reduce(read_entry, first, net)

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
            for _, (*owner, key) in places:
                write_entry(reduce(read_entry, owner, net), key, new)

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


def walk_arrays(net: Any) -> Iterator[tuple[str, ArrayPath, Any]]:
    """(label, path, array) for every array reachable from net, `params` first."""
    todo: list[tuple[str, Any, ArrayPath]] = [("", net, ())]
    seen = {id(net)}
    while todo:
        label, owner, path = todo.pop(0)
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
                yield inner, (*path, key), value
            elif len(path) < MAX_DEPTH and id(value) not in seen and can_contain_arrays(value):
                seen.add(id(value))
                todo.append((inner, value, (*path, key)))


def can_contain_arrays(value: Any) -> bool:
    """Whether to look inside: containers and objects of the user's own classes."""
    if isinstance(value, dict | list):
        return True
    module = type(value).__module__.partition(".")[0]
    return hasattr(value, "__dict__") and module not in (
        "builtins", "numpy", "torch", "keras", "tensorflow", "jax", "types", "collections",
    ) and not callable(value)  # fmt: skip
