"""Folders for temporary files: each goes in the end, that of a killed process with the next one."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .files import DISK_ERRORS, name_unwritten

PREFIX = "trueport-at-work-"


@contextlib.contextmanager
def make_temporary_folder() -> Iterator[Path]:
    """Make a folder for the length of the block; remove those whose processes were killed.

    A folder is held by a lock, which ends with its process in any way. Raises WriteError where the
    disk is full.

    >>> with make_temporary_folder() as folder:
    ...     folder.is_dir()
    True
    >>> folder.exists()
    False
    """
    remove_abandoned_folders()
    folder, held = make_held_folder()
    try:
        with name_unwritten(folder, DISK_ERRORS):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def make_held_folder() -> tuple[Path, int]:
    """Return a new folder, and the descriptor that holds it."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        with contextlib.suppress(FileNotFoundError):  # taken for abandoned before it was held
            held = os.open(folder, os.O_RDONLY)
            lock(held, wait=True)
            if folder.exists():
                return folder, held
            os.close(held)


def remove_abandoned_folders() -> None:
    """Remove the temporary folders that no process holds."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:  # no folder, gone meanwhile, or another user's
            continue
        if lock(held, wait=False):
            shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def lock(descriptor: int, wait: bool) -> bool:
    """Tell whether this process now holds what is open; never so where there are no locks."""
    import fcntl  # not on Windows, where a command says so before it comes here

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True
