"""What a process of a model is asked and answers, in one file each: JSON beside its arrays."""

import json
from pathlib import Path
from typing import Any

import numpy as np

ARRAY = "array of this file"  # the key of what stands for an array
TEXT = "message"


def save_message(path: Path, value: Any) -> None:
    """Write nested dicts, lists, tuples, numbers, text and arrays."""
    arrays: dict[str, np.ndarray] = {}

    def encode(part: Any) -> Any:
        if isinstance(part, np.ndarray | np.generic):
            name = f"a{len(arrays)}"
            arrays[name] = np.asarray(part)
            return {ARRAY: name}
        if isinstance(part, dict):
            return {str(key): encode(item) for key, item in part.items()}
        return [encode(item) for item in part] if isinstance(part, list | tuple) else part

    text = json.dumps(encode(value)).encode()
    arrays[TEXT] = np.frombuffer(text, np.uint8)
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def load_message(path: Path) -> Any:
    """Read what `save_message` wrote; tuples are lists by then."""
    with np.load(path, allow_pickle=False) as npz:
        arrays = dict(npz)

    def decode(part: Any) -> Any:
        if isinstance(part, dict):
            if set(part) == {ARRAY}:
                return arrays[part[ARRAY]]
            return {key: decode(item) for key, item in part.items()}
        return [decode(item) for item in part] if isinstance(part, list) else part

    return decode(json.loads(arrays[TEXT].tobytes()))
