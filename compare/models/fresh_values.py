"""Values that can show a fault, for tensors whose own cannot: a fresh bias, a fresh BatchNorm."""

import zlib
from collections.abc import Mapping, Sequence

import numpy as np

from .records import Arrays, TensorRecord

WIDTH = 0.1  # of what takes the place of zeros: about that of fresh weights
POSITIVE = (0.5, 1.5)  # of what takes the place of ones: scales and variances
SPREAD_LIMIT = 2  # elements from which on equal values are no coincidence


def list_constant(records: Sequence[TensorRecord], values: Mapping[str, np.ndarray]) -> list[str]:
    """Return the tensors whose elements are all 0 or all 1: no fault of theirs would show."""
    found = []
    for record in records:
        value = values.get(record.name)
        if value is None or value.dtype.kind != "f" or value.size < SPREAD_LIMIT or record.tied:
            continue
        if np.all(value == 0) or np.all(value == 1):
            found.append(record.name)
    return found


def draw_values(names: Sequence[str], values: Mapping[str, np.ndarray]) -> Arrays:
    """Return values for these tensors: small ones for zeros, positive ones for ones.

    The same name gives the same values.

    >>> drawn = draw_values(["b"], {"b": np.zeros(3)})["b"]
    >>> bool(np.all(drawn != 0))
    True
    """
    found: Arrays = {}
    for name in names:
        rng, old = np.random.default_rng(zlib.crc32(name.encode())), values[name]
        one = bool(np.all(old == 1))
        drawn = rng.uniform(*POSITIVE, old.shape) if one else rng.normal(0.0, WIDTH, old.shape)
        found[name] = drawn.astype(old.dtype)
    return found
