"""Arrays that a user's loop has in any names and layout, as the chapter's parameters."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ..chapter.adapters import PARAMS
from ..ports.frameworks import is_real, to_numpy


def require_real(array: np.ndarray, what: str) -> np.ndarray:
    """Return the array. Raises TypeError unless it holds real numbers.

    >>> require_real(np.array(1 + 2j), "loss")
    Traceback (most recent call last):
      ...
    TypeError: loss must hold real numbers (got complex128)
    """
    if not is_real(array) or array.dtype.kind == "b":
        raise TypeError(f"{what} must hold real numbers (got {array.dtype})")
    return array


def match_params(
    what: str, given: Any, shapes: Mapping[str, tuple[int, ...]]
) -> tuple[dict[str, np.ndarray], str]:
    """Return (W1, b1, W2, b2 in the chapter's layout, a note on how they were found or "").

    what: for messages.
    shapes: those of the chapter's layout. Names decide where they are the chapter's; else shapes,
        in the order given. Where a square W2 does not tell its layout, it is that of W1.

    >>> shapes = {"W1": (3, 2), "b1": (2,), "W2": (2, 4), "b2": (4,)}
    >>> torch_like = {"0.weight": np.zeros((2, 3)), "0.bias": np.zeros(2),
    ...               "2.weight": np.zeros((4, 2)), "2.bias": np.zeros(4)}
    >>> match_params("params", torch_like, shapes)[1]
    'W1, b1, W2, b2 are 0.weight (transposed), 0.bias, 2.weight (transposed), 2.bias'
    """
    if not isinstance(given, Iterable):
        raise TypeError(f"{what} must be a dict or a list of arrays (got {type(given).__name__})")
    if not isinstance(given, Mapping):
        given = {f"#{n}": value for n, value in enumerate(given)}
    empty = [str(key) for key, value in given.items() if value is None]
    if empty:
        raise ValueError(f"{what}[{empty[0]!r}] is None: was the backward pass run before step()?")
    arrays = {str(k): require_real(to_numpy(v), f"{what}[{str(k)!r}]") for k, v in given.items()}
    if len(arrays) != len(PARAMS):
        raise ValueError(f"{what} must hold four arrays, {', '.join(PARAMS)} (got {list(arrays)})")
    names: dict[str, str] = {}
    for key in PARAMS:
        shape = shapes[key]
        wanted = [key] if set(arrays) == set(PARAMS) else arrays.keys() - set(names.values())
        fitting = [n for n in arrays if n in wanted and arrays[n].shape in (shape, shape[::-1])]
        if not fitting:
            got = ", ".join(f"{n} {array.shape}" for n, array in arrays.items())
            raise ValueError(f"{what}: {key} must have shape {shape} or {shape[::-1]} (got {got})")
        names[key] = fitting[0]
    transposed = {key for key in PARAMS if arrays[names[key]].shape != shapes[key]}
    for key, other in (("W1", "W2"), ("W2", "W1")):
        if shapes[key][0] == shapes[key][1] and other in transposed:
            transposed.add(key)
    found = {key: arrays[name] for key, name in names.items()}
    found |= {key: found[key].T.copy() for key in transposed}
    if not transposed and all(key == name for key, name in names.items()):
        return found, ""
    told = [names[key] + (" (transposed)" if key in transposed else "") for key in PARAMS]
    return found, f"{', '.join(PARAMS)} are {', '.join(told)}"
