"""What a model is asked and answers, in one file each: JSON in front of its arrays.

An array is read where it is used: a file is mapped into memory, and may be gone by then.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .records import Arrays

ARRAY = "array of this file"  # the key of what stands for an array
HEAD = 8  # bytes that tell how long the JSON is
ALIGNMENT = 64  # bytes, at whose multiples arrays begin


def save_message(path: Path, value: Any) -> None:
    """Write nested dicts, lists, tuples, numbers, text and arrays."""
    text, arrays = split_message(value)
    places: dict[str, tuple[int, str, tuple[int, ...]]] = {}
    end = 0
    for name, array in arrays.items():
        begin = end + -end % ALIGNMENT
        places[name] = begin, array.dtype.str, array.shape
        end = begin + array.nbytes
    head = json.dumps([places, text.decode()]).encode()
    with path.open("wb") as file:
        file.write(len(head).to_bytes(HEAD, "little") + head)
        start = file.tell() + -file.tell() % ALIGNMENT
        for name, array in arrays.items():
            file.seek(start + places[name][0])
            np.ascontiguousarray(array).tofile(file)
        file.truncate(max(file.tell(), start + end))


def load_message(path: Path) -> Any:
    """Read what `save_message` wrote; tuples are lists by then."""
    whole = np.memmap(path, np.uint8, "c")
    length = int.from_bytes(whole[:HEAD].tobytes(), "little")
    places, text = json.loads(whole[HEAD : HEAD + length].tobytes())
    start = HEAD + length + -(HEAD + length) % ALIGNMENT
    arrays = {}
    for name, (begin, kind, shape) in places.items():
        dtype, count = np.dtype(kind), math.prod(shape)
        if dtype.hasobject or start + begin + count * dtype.itemsize > len(whole):
            raise ValueError(f"it is no array of {kind} in {shape}, or broken off")
        part = np.asarray(whole[start + begin : start + begin + count * dtype.itemsize])
        arrays[name] = part.view(dtype).reshape(shape)
    return join_message(text.encode(), arrays)


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
