"""The digits as arrays on disk, mapped into memory by every process: one copy for all of them."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

NAMES = ("x_train", "t_train", "x_test", "t_test")
ALIGNED = 64  # bytes: what Eigen asks for, and what npy files pad their header to


@contextlib.contextmanager
def digits_in(folder: Path, source: str, dtype: str) -> Iterator[Path]:
    """A folder of the arrays for as long as the study runs."""
    made = write_digits(folder / "digits.part", source, dtype)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def write_digits(folder: Path, source: str, dtype: str) -> Path:
    """Write the four arrays as a port takes them: pixels in 0..1, labels one-hot."""
    from reference.mnist import load_mnist

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (x_train, t_train), (x_test, t_test) = load_mnist(one_hot_label=True, source=source)
    for name, array in zip(NAMES, (x_train, t_train, x_test, t_test), strict=True):
        np.save(folder / f"{name}.npy", array.astype(dtype))
    return folder


def open_digits(folder: str, source: str, md5: str, dtype: str) -> list[np.ndarray]:
    """The four arrays, mapped copy-on-write: what a port writes into them stays its own.

    A machine that does not see the folder makes its own from the source, once. Raises
    FileNotFoundError if it sees neither, ValueError if what it sees are other digits.
    """
    found = Path(folder)
    if not found.exists():
        found = own_copy(source, md5, dtype)
    return [np.load(found / f"{name}.npy", mmap_mode="c") for name in NAMES]


def own_copy(source: str, md5: str, dtype: str) -> Path:
    from compare.data import load_data

    path = Path(tempfile.gettempdir()) / f"trueport-digits-{md5}-{dtype}"
    if not path.exists():
        data = load_data(source)
        if data.md5 != md5:
            raise ValueError(f"{source} on this machine holds other digits than the study's")
        part = write_digits(path.with_name(f"{path.name}.{os.getpid()}"), source, dtype)
        try:
            part.rename(path)
        except OSError:  # another process of this machine was first
            shutil.rmtree(part)
    return path


def shared(framework: str, array: np.ndarray) -> Any:
    """A framework's array on the same memory where the framework can: 188 MB a process else.

    TensorFlow aborts on memory that is not aligned, and so is given a copy of it; a mapped npy
    file is.
    """
    if framework == "torch":
        import torch

        return torch.from_numpy(array)
    if framework == "keras":
        import tensorflow as tf

        if array.ctypes.data % ALIGNED:
            return tf.convert_to_tensor(array)

        return tf.experimental.dlpack.from_dlpack(np.asarray(array).__dlpack__())
    return array
