"""The digits of a run: one source that every process reads, and what the report says of it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reference.mnist import Mnist, idx_md5, keras_cache, read_mnist

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


def load_data(name: str) -> Data:
    """The digits for `--data`. Raises FileNotFoundError or ValueError."""
    if name == "embedded":
        return Data(read_mnist("embedded"), "embedded")
    if name != "auto":
        path = str(Path(name).resolve())
        return Data(read_mnist(path), path)
    mnist = read_mnist()
    return Data(mnist, str(keras_cache()) if keras_cache().exists() else "embedded")
