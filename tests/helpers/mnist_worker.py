"""What one twin makes of given sources: see `test_mnist`."""

import hashlib
import importlib
import os
import warnings
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np


def plain(a):
    return np.ascontiguousarray(a.numpy() if hasattr(a, "numpy") else a)


def mark(a):
    a = plain(a)
    return [list(a.shape), str(a.dtype), hashlib.sha256(a.tobytes()).hexdigest()]


def attempt(call):
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            return [call(), [str(w.message) for w in caught]]
    except Exception as error:  # noqa: BLE001  # an error is a result: the test names it
        return [f"{type(error).__name__}: {error}", []]


def load_digits(package: str, npz: str, whole: str, forms: dict[str, Any]) -> dict[str, Any]:
    """What a twin loads, and what its labels and batches are.

    npz: a file of a few digits. whole: MNIST, or "". forms: arguments of `load_mnist`, by name.
    """
    twin = importlib.import_module(f"trueport.{package}")

    def load(source, **form):
        return [mark(a) for pair in twin.load_mnist(source=source, **form) for a in pair]

    two = np.array([3, 7])
    if package == "torch_impl":
        import torch

        two = torch.tensor(two)
    masks = [mark(twin.batch_masks(10, 4, 3, seed=1)) for _ in range(2)]
    many = plain(twin.batch_masks(3, 3, 99, seed=1))
    return {
        "embedded": {name: load("embedded", **form) for name, form in forms.items()},
        "npz": {name: load(npz, **form) for name, form in forms.items()},
        "whole": load(whole, **forms["as the chapter has them"]) if whole else None,
        "one_hot": [plain(twin.one_hot(two)).tolist(), str(plain(twin.one_hot(two)).dtype)],
        "outside": attempt(lambda: mark(twin.one_hot(two + 5)))[0],
        "masks": masks[0][:2],
        "masks again": masks[0] == masks[1],
        "masks range": [int(many.min()), int(many.max())],
        "impossible": [
            attempt(partial(twin.batch_masks, 10, *sizes))[0] for sizes in ((0, 1), (1, 0), (11, 1))
        ],
        "warned": attempt(lambda: twin.load_mnist(source=npz) and None)[1],
    }


def load_by_keras(home: str, npz: str) -> dict[str, Any]:
    """What the Keras twin reads without a source. home: of Keras; npz: what it downloads."""
    import keras

    from trueport import keras_impl

    cached = Path(home) / "datasets" / "mnist.npz"
    cached.parent.mkdir()
    with np.load(npz) as digits:
        pairs = [(digits["x_train"], digits["y_train"]), (digits["x_test"], digits["y_test"])]

    def read():
        return attempt(lambda: [mark(a) for a in keras_impl.read_mnist()[:4]])

    def refuse():
        cached.write_bytes(b"half a downl")
        raise Exception("URL fetch failure on here: None -- no route")

    with mock.patch.dict(os.environ, {"KERAS_HOME": home}):
        with mock.patch.object(keras.datasets.mnist, "load_data", return_value=pairs):
            out = {"route": read()}
        with mock.patch.object(keras.datasets.mnist, "load_data", side_effect=refuse):
            out["fallback"] = read()
            out["left behind"] = cached.exists()
            cached.write_bytes(Path(npz).read_bytes())
            out["cache"] = read()
            out["cache kept"] = cached.exists()
    return out
