"""The digits of a run: one source that every process reads, and what the report says of it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from reference.mnist import Mnist, idx_md5, keras_cache, load_mnist, read_mnist

EMBEDDED = ("embedded", 4000, 1000)  # source and sizes of the digits that a loader is tried on


@dataclass(frozen=True)
class Data:
    """The digits of a run, and the source that makes every process read the same ones."""

    mnist: Mnist
    source: str

    @property
    def complete(self) -> bool:
        return "md5 verified" in self.mnist.source

    def facts(self) -> dict[str, Any]:
        note = "" if self.complete else f"This run used {self.mnist.source}, not the whole of MNIST"
        digest = hashlib.md5(
            "".join(idx_md5(array) for array in self.mnist[:4]).encode(), usedforsecurity=False
        )
        return {
            "source": self.mnist.source,
            "complete": self.complete,
            "note": note,
            "md5": digest.hexdigest(),
            "train_size": len(self.mnist.x_train),
            "test_size": len(self.mnist.x_test),
        }


DIGITS = ("x_train", "t_train", "x_test", "t_test")


def share_digits(data: Data, folder: Path) -> None:
    """Write the digits, as the reference loads them, into folder for `shared_digits` to map."""
    (x_train, t_train), (x_test, t_test) = load_mnist(one_hot_label=True, source=data.source)
    folder.mkdir()
    for name, array in zip(DIGITS, (x_train, t_train, x_test, t_test), strict=True):
        np.save(folder / f"{name}.npy", array)


def shared_digits(folder: Path) -> list[np.ndarray]:
    """Images (N, 784) and one-hot labels, float32, mapped from their files: x_train, t_train, ...

    Every process that reads them has them in the same memory; one that writes gets a page of its
    own, and nobody else sees it.
    """
    return [np.asarray(np.load(folder / f"{name}.npy", mmap_mode="c")) for name in DIGITS]


def load_data(name: str) -> Data:
    """The digits for `--data`. Raises FileNotFoundError or ValueError."""
    if name == "embedded":
        return Data(read_mnist("embedded"), "embedded")
    if name != "auto":
        path = str(Path(name).resolve())
        return Data(read_mnist(path), path)
    mnist = read_mnist()
    return Data(mnist, str(keras_cache()) if keras_cache().exists() else "embedded")
