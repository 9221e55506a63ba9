"""The digits of a run: one source that every process reads, and what the report says of it."""

import hashlib
import os
import shutil
import time
import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import write_array_header_1_0

from trueport.reference.mnist import Mnist, idx_md5, keras_cache, one_hot, read_mnist

from ..execution.files import name_unwritten

EMBEDDED = ("embedded", 4000, 1000)  # source and sizes of the digits that a loader is tried on


@dataclass(frozen=True)
class Data:
    """The digits of a run, and the source that makes every process read the same ones.

    notice: what is said of them before the run, "" if nothing.
    """

    mnist: Mnist
    source: str
    notice: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether these are the whole of MNIST, md5 by md5."""
        return "md5 verified" in self.mnist.source

    @cached_property
    def md5(self) -> str:
        """Of the md5s that the four arrays have as IDX files."""
        each = "".join(idx_md5(array) for array in self.mnist[:4])
        return hashlib.md5(each.encode(), usedforsecurity=False).hexdigest()

    @property
    def train_size(self) -> int:
        """How many rows the training set has."""
        return len(self.mnist.x_train)

    def select_rows(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return images (n, 784) and one-hot labels (n, 10) of the training set, float64."""
        x = normalize_images(self.mnist.x_train[rows])
        return x.astype(np.float64), one_hot(self.mnist.t_train[rows])

    def select_targets(self) -> np.ndarray:
        """Return the one-hot labels of the training set, (N, 10), float64."""
        rows: np.ndarray = one_hot(self.mnist.t_train)
        return rows

    def save_rows(self, rows: np.ndarray, path: Path) -> None:
        """Write these rows of the training set, and one of the test set, as a source of digits."""
        mnist = self.mnist
        np.savez(
            path,
            x_train=mnist.x_train[rows],
            y_train=mnist.t_train[rows],
            x_test=mnist.x_test[:1],
            y_test=mnist.t_test[:1],
        )

    def facts(self) -> dict[str, Any]:
        """Return what a report says of the digits."""
        note = (
            "" if self.is_complete else f"This run used {self.mnist.source}, not the whole of MNIST"
        )
        return {
            "source": self.mnist.source,
            "complete": self.is_complete,
            "note": note,
            "md5": self.md5,
            "train_size": len(self.mnist.x_train),
            "test_size": len(self.mnist.x_test),
        }


DIGIT_ARRAYS = ("x_train", "t_train", "x_test", "t_test")
ROWS_AT_ONCE = 1000  # of images: 3 MB


def normalize_images(images: np.ndarray) -> np.ndarray:
    """Raw images (N, 28, 28) as `load_mnist` normalises and flattens them: (N, 784), float32."""
    pixels: np.ndarray = np.divide(images.reshape(-1, 784), 255, dtype=np.float32)
    return pixels


def save_images(path: Path, images: np.ndarray, dtype: str) -> None:
    """Write normalised images as an npy file, some rows at a time: all would be 188 MB.

    Not through a mapped file, which ends the process where the disk is full.
    """
    head = {"descr": np.dtype(dtype).str, "fortran_order": False, "shape": (len(images), 784)}
    with path.open("wb") as file:
        write_array_header_1_0(file, head)
        for first in range(0, len(images), ROWS_AT_ONCE):
            rows = normalize_images(images[first : first + ROWS_AT_ONCE])
            file.write(rows.astype(dtype, copy=False).data)


def share_digits(data: Data, folder: Path, dtype: str = "float32") -> None:
    """Write the digits, as the reference loads them, into folder for `load_shared_digits` to map.

    dtype: of both; the values are those of float32 in any.

    The folder is there when all of them are, and not before.
    """
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)  # of a call that was killed
    try:
        part.mkdir()
        for name, array in zip(DIGIT_ARRAYS, data.mnist[:4], strict=True):
            path = part / f"{name}.npy"
            with name_unwritten(path):
                if name.startswith("x"):
                    save_images(path, array, dtype)
                else:
                    np.save(path, one_hot(array).astype(dtype))
        part.rename(folder)
    finally:  # a full disk or Ctrl-C leaves none of its 220 MB behind
        shutil.rmtree(part, ignore_errors=True)


def load_shared_digits(folder: Path) -> list[np.ndarray]:
    """Images (N, 784) and one-hot labels, float32, mapped from their files: x_train, t_train, ...

    Every process that reads them has them in the same memory; one that writes gets a page of its
    own, and nobody else sees it. A process that is ready before the digits are waits for them, as
    long as the one lives that writes them: whoever started it knows how long is too long.
    """
    parent = os.getppid()
    while not folder.exists():
        if os.getppid() != parent:
            raise FileNotFoundError(f"the digits were never written to {folder}")
        time.sleep(0.02)
    files = [folder / f"{name}.npy" for name in DIGIT_ARRAYS]
    return [np.asarray(np.load(file, mmap_mode="c", allow_pickle=False)) for file in files]


def load_data(name: str) -> Data:
    """Return the digits for `--data`. Raises FileNotFoundError or ValueError."""
    if name == "embedded":
        return Data(read_mnist("embedded"), "embedded")
    if name != "auto":
        path = str(Path(name).resolve())
        return Data(read_mnist(path), path)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        mnist = read_mnist()
    notice = "; ".join(str(one.message) for one in caught)
    if notice:
        notice += " (--data PATH takes the whole of MNIST from a file)"
    return Data(mnist, str(keras_cache()) if keras_cache().exists() else "embedded", notice)
