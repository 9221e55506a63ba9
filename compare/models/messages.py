"""What a model is asked and answers, in one file each: JSON beside its arrays."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .records import Arrays

ARRAY = "array of this file"  # the key of what stands for an array
TEXT = "message"


def save_message(path: Path, value: Any) -> None:
    """Write nested dicts, lists, tuples, numbers, text and arrays."""
    text, arrays = split_message(value)
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays, **{TEXT: np.frombuffer(text, np.uint8)})


def load_message(path: Path) -> Any:
    """Read what `save_message` wrote; tuples are lists by then."""
    with np.load(path, allow_pickle=False) as npz:
        arrays = dict(npz)
    return join_message(arrays.pop(TEXT).tobytes(), arrays)


def pass_message(value: Any) -> Any:
    """Return a message as it arrives in another process, where nothing is written.

    >>> pass_message({1: (2, 3)})
    {'1': [2, 3]}
    """
    return join_message(*split_message(value))


def split_message(value: Any) -> tuple[bytes, Arrays]:
    """Return a message as JSON, and the arrays of which it has the names."""
    arrays: Arrays = {}

    def encode(part: Any) -> Any:
        if isinstance(part, np.ndarray | np.generic):
            name = f"a{len(arrays)}"
            arrays[name] = np.asarray(part)
            return {ARRAY: name}
        if isinstance(part, dict):
            return {str(key): encode(item) for key, item in part.items()}
        return [encode(item) for item in part] if isinstance(part, list | tuple) else part

    return json.dumps(encode(value)).encode(), arrays


def join_message(text: bytes, arrays: Mapping[str, np.ndarray]) -> Any:
    """Return the message that `split_message` has split."""

    def decode(part: Any) -> Any:
        if isinstance(part, dict):
            if set(part) == {ARRAY}:
                return arrays[part[ARRAY]]
            return {key: decode(item) for key, item in part.items()}
        return [decode(item) for item in part] if isinstance(part, list) else part

    return decode(json.loads(text))
