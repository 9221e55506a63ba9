"""The inputs that models are compared on: as typed, from the reference's file, or made up."""

import re
import types
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..functions.structures import walk_leaves
from ..ports.frameworks import to_numpy
from ..ports.user_code.errors import TargetError, format_error

SPEC = re.compile(r"(?P<shape>\d+(x\d+)*)(:int<(?P<below>\d+))?(\*(?P<scale>[0-9.eE+-]+))?")
HOW = (
    "give --input SHAPE, as --input 2x3x32x32 or, for token ids, --input 2x16:int<100; or let the "
    "reference's file have a function inputs() that returns them"
)
BATCH = 2  # where a signature leaves it open
OPEN_SIZE = 8  # of another axis that a signature leaves open
SEED = 16


def make_input(text: str, number: int) -> np.ndarray:
    """Return the input that a text describes. Raises ValueError for what is no description.

    text: "2x3x32x32", with ":int<100" for whole numbers below 100, "*9" for a scale.

    >>> make_input("2x3", 0).shape, make_input("4:int<9", 0).dtype.kind
    ((2, 3), 'i')
    >>> make_input("2 by 3", 0)
    Traceback (most recent call last):
      ...
    ValueError: an input must be a shape, as 2x3x32x32, 2x16:int<100 or 8x4*9 (got '2 by 3')
    """
    match = SPEC.fullmatch(text)
    if match is None:
        raise ValueError(
            f"an input must be a shape, as 2x3x32x32, 2x16:int<100 or 8x4*9 (got {text!r})"
        )
    rng = np.random.default_rng([SEED, number])
    shape = tuple(int(n) for n in match["shape"].split("x"))
    if match["below"]:
        return rng.integers(0, int(match["below"]), shape)
    return rng.normal(size=shape) * float(match["scale"] or 1.0)


def call_inputs(module: types.ModuleType) -> list[np.ndarray] | None:
    """Return what `inputs()` of a user's file gives; None if it has no such function.

    Raises TargetError if it fails.
    """
    function = getattr(module, "inputs", None)
    if not isinstance(function, types.FunctionType):
        return None
    try:
        given = function()
        return [to_numpy(leaf) for _, leaf in walk_leaves("inputs", given)]
    except Exception as error:
        raise TargetError(f"inputs() failed: {format_error(error)}") from error


def make_declared_inputs(declared: Sequence[Mapping[str, Any]]) -> list[np.ndarray] | None:
    """Return inputs of the shapes that a model declares; None if it declares none."""
    found = []
    for number, one in enumerate(declared):
        if not one.get("shape"):
            return None
        first, *others = one["shape"]
        shape = [first or BATCH, *(size or OPEN_SIZE for size in others)]
        whole = ":int<2" if "int" in str(one.get("dtype")) else ""
        found.append(make_input("x".join(map(str, shape)) + whole, number))
    return found or None
