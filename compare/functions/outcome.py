"""One call of a reference: what it gives, and which of it carries random rounding."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..rounding.random_rounding import RandomArray, as_plain, map_leaves
from .arguments import call_by_name
from .reference import seed_generators
from .structures import ArrayDict, copy_value, find_changed_leaves, flatten_result, walk_leaves


class UndecidableError(Exception):
    """Nothing can be said of a call; the message says why, and what to do."""


@dataclass
class Outcome:
    """What a call gave: outputs by place, those arguments too that it changed."""

    outputs: ArrayDict
    tainted: set[str] = field(default_factory=set)  # places that carry random rounding


def to_double(value: Any) -> Any:
    """Return floating point arrays in float64, complex ones in complex128."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.astype(np.float64)
    return (
        value.astype(np.complex128)
        if isinstance(value, np.ndarray) and value.dtype.kind == "c"
        else value
    )


def call_reference(
    function: Callable[..., Any], arguments: Mapping[str, Any], seed: int, watched: bool = True
) -> Outcome:
    """Return what a function gives for these arguments, which are its own."""
    before = copy_value(map_leaves(as_plain, dict(arguments))) if watched else {}
    seed_generators(seed)
    with np.errstate(all="ignore"):
        result = call_by_name(function, arguments)
    if hasattr(result, "__next__"):
        result = list(result)
    tainted: set[str] = set()
    outputs = flatten_result(note_taint(result, tainted))
    for name, value in arguments.items() if watched else ():
        outputs |= find_changed_leaves(name, before[name], map_leaves(as_plain, value))
    return Outcome(outputs, tainted)


def note_taint(result: Any, tainted: set[str]) -> Any:
    """Return a result in plain arrays; notes whether random rounding reached each."""
    tainted |= {
        name for name, leaf in walk_leaves("result", result) if isinstance(leaf, RandomArray)
    }
    return map_leaves(as_plain, result)
