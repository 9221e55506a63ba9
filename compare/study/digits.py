"""The digits as arrays on disk, mapped into memory by every process: one copy for all of them."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..chapter.digits import DIGIT_ARRAYS, Data, load_data, share_digits


@contextlib.contextmanager
def provide_digits(folder: Path, data: Data, dtype: str) -> Iterator[Path]:
    """Yield a folder of the arrays for as long as the study runs."""
    made = folder / "digits"
    shutil.rmtree(made, ignore_errors=True)  # of a study that was killed
    share_digits(data, made, dtype)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def open_digits(folder: str, source: str, md5: str, dtype: str) -> list[np.ndarray]:
    """Return the four arrays, mapped copy-on-write: what a port writes into them stays its own.

    A machine that does not see the folder makes its own from the source, once. Raises
    FileNotFoundError if it sees neither, ValueError if what it sees are other digits.
    """
    found = Path(folder)
    if not found.exists():
        found = make_local_copy(source, md5, dtype)
    return [np.asarray(np.load(found / f"{name}.npy", mmap_mode="c")) for name in DIGIT_ARRAYS]


def make_local_copy(source: str, md5: str, dtype: str) -> Path:
    path = Path(tempfile.gettempdir()) / f"trueport-digits-{md5}-{dtype}"
    if not path.exists():
        data = load_data(source)
        if data.md5 != md5:
            raise ValueError(f"{source} on this machine holds other digits than the study's")
        part = path.with_name(f"{path.name}-{os.getpid()}")
        share_digits(data, part, dtype)
        try:
            part.rename(path)
        except OSError:  # another process of this machine was first
            shutil.rmtree(part)
    return path
