"""What one twin makes of given sources, as JSON, in a process of its own: see `test_mnist`.

Arguments: the twin, Keras's home, an npz of a few digits, MNIST or "", and the forms to load.
"""

import hashlib
import importlib
import json
import sys
import warnings
from functools import partial
from pathlib import Path

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


def forms_of(source):
    return {
        name: [mark(a) for pair in twin.load_mnist(source=source, **form) for a in pair]
        for name, form in forms.items()
    }


def raw():
    return [mark(a) for a in twin.read_mnist()[:4]]


if __name__ == "__main__":
    twin = importlib.import_module(f"trueport.{sys.argv[1]}")
    home, npz, whole, forms = Path(sys.argv[2]), sys.argv[3], sys.argv[4], json.loads(sys.argv[5])

    two = np.array([3, 7])
    if sys.argv[1] == "torch_impl":
        import torch

        two = torch.tensor(two)
    out = {
        "embedded": forms_of("embedded"),
        "npz": forms_of(npz),
        "whole": forms_of(whole)["as the chapter has them"] if whole else None,
        "one_hot": [plain(twin.one_hot(two)).tolist(), str(plain(twin.one_hot(two)).dtype)],
        "outside": attempt(lambda: mark(twin.one_hot(two + 5)))[0],
        "masks": mark(twin.batch_masks(10, 4, 3, seed=1))[:2],
        "masks again": mark(twin.batch_masks(10, 4, 3, seed=1))
        == mark(twin.batch_masks(10, 4, 3, seed=1)),
        "masks range": [
            int(plain(twin.batch_masks(3, 3, 99, seed=1)).min()),
            int(plain(twin.batch_masks(3, 3, 99, seed=1)).max()),
        ],
        "impossible": [
            attempt(partial(twin.batch_masks, 10, *sizes))[0] for sizes in ((0, 1), (1, 0), (11, 1))
        ],
        "warned": attempt(lambda: twin.load_mnist(source=npz) and None)[1],
    }
    if sys.argv[1] == "keras_impl":
        import keras

        load_data = keras.datasets.mnist.load_data
        with np.load(npz) as digits:
            pairs = [(digits["x_train"], digits["y_train"]), (digits["x_test"], digits["y_test"])]
        keras.datasets.mnist.load_data = lambda: pairs
        out["route"] = attempt(raw)

        def refuse():
            (home / "datasets").mkdir(exist_ok=True)
            (home / "datasets" / "mnist.npz").write_bytes(b"half a downl")
            raise Exception("URL fetch failure on here: None -- no route")

        keras.datasets.mnist.load_data = refuse
        out["fallback"] = attempt(raw)
        out["left behind"] = (home / "datasets" / "mnist.npz").exists()
        (home / "datasets").mkdir(exist_ok=True)
        (home / "datasets" / "mnist.npz").write_bytes(Path(npz).read_bytes())
        out["cache"] = attempt(raw)
        out["cache kept"] = (home / "datasets" / "mnist.npz").exists()
    print(json.dumps(out))
