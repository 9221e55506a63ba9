"""Arguments and results of any shape: nested lists, tuples and dicts of arrays and numbers.

>>> import numpy as np
>>> flatten_result((np.zeros(2), {"w": 1.5}))
{'result[0]': array([0., 0.]), "result[1]['w']": array(1.5)}
"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..ports.frameworks import to_numpy
from ..rounding.random_rounding import map_leaves

ArrayDict = dict[str, np.ndarray]
MAX_ITEMS = 10_000  # of a generator: it may have no end
NOTHING = " (None)"  # so ends the place of what is None


def walk_leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield every leaf with its place, as its author would write it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk_leaves(f"{name}[{key!r}]", inner)
    elif isinstance(value, list | tuple) and not is_number_list(value):
        for number, inner in enumerate(value):
            row = isinstance(value, list) and isinstance(inner, tuple)  # as zip gives them
            yield from walk_leaves(f"{name}[{number}]", list(inner) if row else inner)
    else:
        yield name, value


def is_number_list(value: Any) -> bool:
    """Whether a list holds single numbers alone: an array by another name.

    >>> is_number_list([1.5, np.float32(2)]), is_number_list([np.zeros(1)]), is_number_list([])
    (True, False, False)
    """
    return (
        isinstance(value, list)
        and len(value) > 0
        and all(isinstance(v, int | float) or getattr(v, "shape", None) == () for v in value)
    )


def flatten_result(value: Any) -> ArrayDict:
    """Return what a function returned as arrays by place; None is a place of its own.

    Complex numbers are two arrays. Texts beside numbers are left out. Raises TypeError for what
    holds no numbers.
    """
    value = exhaust(value)
    found: ArrayDict = {}
    leaves = list(walk_leaves("result", value))
    numbers = [pair for pair in leaves if not isinstance(pair[1], str)]
    for name, leaf in numbers or leaves:
        if leaf is None:
            found[f"{name}{NOTHING}"] = np.ones(())
            continue
        array = read_leaf(name, leaf)
        if array.dtype.kind == "c":
            found[f"{name}.real"], found[f"{name}.imag"] = array.real.copy(), array.imag.copy()
        elif array.dtype.kind in "fiub":
            found[name] = array
        else:
            raise TypeError(f"{name} must hold numbers (got {array.dtype})")
    return found


def exhaust(value: Any) -> Any:
    """Return what a generator yields as a list, as far as `MAX_ITEMS`; anything else as it is."""
    if not hasattr(value, "__next__"):
        return value
    return [item for _, item in zip(range(MAX_ITEMS), value, strict=False)]


def read_leaf(name: str, leaf: Any) -> np.ndarray:
    """Return a leaf of a result as an array; a whole number of Python's has no end.

    Raises TypeError for what holds no numbers.
    """
    if type(leaf) is int and not -(2**63) <= leaf < 2**64:
        return np.array(float(leaf))
    if isinstance(leaf, np.ndarray) and leaf.dtype.kind == "O":
        raise TypeError(f"{name} must hold numbers (got an array of objects)")
    try:
        return to_numpy(leaf)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} must hold numbers (got {type(leaf).__name__})") from error


def describe_kind(value: Any) -> str:
    """Return what an argument is that cannot be handed over, and what to do."""
    if isinstance(value, np.random.Generator | np.random.RandomState):
        return "a random generator: hand what it draws over, as an array"
    if isinstance(value, type):
        return f"the type {value.__name__}: hand its name over, as a text"
    if callable(value):
        return "a function: write one that calls it itself"
    return type(value).__name__


def pack(value: Any, arrays: ArrayDict) -> Any:
    """Return a value as JSON can hold it; its arrays go into arrays. Raises TypeError."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "fiubc":
            raise TypeError(f"an array must hold numbers (got {value.dtype})")
        name = f"a{len(arrays)}"
        arrays[name] = np.asarray(value)
        return {"array": name}
    if isinstance(value, dict):
        if not all(isinstance(key, str | int) for key in value):
            raise TypeError("a dict must have names or whole numbers for keys")
        return {"dict": [[key, pack(inner, arrays)] for key, inner in value.items()]}
    if isinstance(value, list | tuple):
        kind = "list" if isinstance(value, list) else "tuple"
        return {kind: [pack(inner, arrays) for inner in value]}
    if isinstance(value, complex):
        return {"complex": [value.real, value.imag]}
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": repr(value)}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, slice):
        return {"slice": [value.start, value.stop, value.step]}
    raise TypeError(f"an argument must be arrays, numbers and texts (got {describe_kind(value)})")


def unpack(packed: Any, arrays: Any) -> Any:
    """Return the value that `pack` wrote."""
    if not isinstance(packed, dict):
        return packed
    (kind, inner), *_ = packed.items()
    if kind == "array":
        return np.array(arrays[inner])
    if kind == "dict":
        return {key: unpack(value, arrays) for key, value in inner}
    if kind in ("list", "tuple"):
        values = [unpack(value, arrays) for value in inner]
        return values if kind == "list" else tuple(values)
    if kind == "complex":
        return complex(*inner)
    return slice(*inner) if kind == "slice" else float(inner)


def copy_value(value: Any) -> Any:
    """Return a value with arrays of its own."""
    return map_leaves(lambda leaf: leaf.copy("K") if isinstance(leaf, np.ndarray) else leaf, value)


def is_same(one: ArrayDict, other: ArrayDict) -> bool:
    """Whether two calls gave the same."""
    return one.keys() == other.keys() and all(is_equal(one[key], other[key]) for key in one)


def is_equal(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two arrays hold the same, NaN where the other has it; by their bits, if these are."""
    if one.dtype == other.dtype == np.float64 and one.shape == other.shape:
        mine, theirs = (np.ravel(array).view(np.int64) for array in (one, other))
        if np.array_equal(mine, theirs):
            return True
    return np.array_equal(one, other, equal_nan=other.dtype.kind == "f")


def find_changed_leaves(name: str, before: Any, after: Any) -> ArrayDict:
    """Return the arrays of an argument that a call has changed, by place."""
    if type(before) is not type(after) and not hasattr(after, "shape"):
        return {}
    then, now = dict(walk_leaves(name, before)), dict(walk_leaves(name, after))
    changed: ArrayDict = {}
    for place, leaf in now.items():
        if not hasattr(leaf, "shape") and place in then:
            continue
        array = to_numpy(leaf)
        old = then.get(place)
        if old is None or not is_equal(to_numpy(old), array):
            changed[f"{place} afterwards"] = array
    return changed
