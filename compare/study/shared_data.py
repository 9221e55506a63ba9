"""The data as arrays on disk, mapped into memory by every process: one copy for all of them."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..suite.training_task import TrainingData, TrainingTask


@contextlib.contextmanager
def provide_data(
    task: TrainingTask, folder: Path, data: TrainingData, dtype: str
) -> Iterator[Path]:
    """Make a folder of the arrays for as long as the study runs."""
    made = folder / "digits"
    shutil.rmtree(made, ignore_errors=True)  # of a study that was killed
    task.share_data(data, made, dtype)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def open_data(
    task: TrainingTask, folder: str, source: str, md5: str, dtype: str
) -> list[np.ndarray]:
    """Return the arrays, mapped copy-on-write: what a port writes into them stays its own.

    A machine that does not see the folder makes its own from the source, once. Raises
    FileNotFoundError if it sees neither, ValueError if what it sees is other data.
    """
    found = folder if Path(folder).exists() else make_local_copy(task, source, md5, dtype)
    return task.load_arrays({"digits": str(found)})


def make_local_copy(task: TrainingTask, source: str, md5: str, dtype: str) -> Path:
    """Return a folder of the arrays in the machine's own place for temporary files."""
    path = Path(tempfile.gettempdir()) / f"trueport-digits-{md5}-{dtype}"
    if not path.exists():
        data = task.load_data(source)
        if data.md5 != md5:
            raise ValueError(f"{source} on this machine holds other digits than the study's")
        part = path.with_name(f"{path.name}-{os.getpid()}")
        task.share_data(data, part, dtype)
        try:
            part.rename(path)
        except OSError:  # another process of this machine was first
            shutil.rmtree(part)
    return path
