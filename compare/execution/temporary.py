"""Folders for temporary files: each goes in the end, that of a killed process with the next one."""

import contextlib
import hashlib
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .files import DISK_ERRORS, name_unwritten

# Where hosts share a folder, none may see the locks of another: each removes its own folders alone.
PREFIX = f"trueport-{hashlib.sha256(platform.node().encode()).hexdigest()[:6]}-"
DRAWN = 8  # characters behind it
SHORT = Path("/tmp")
MAX_LENGTH = 70  # of a folder: a path of a socket has 103 characters, and multiprocessing adds 32


@contextlib.contextmanager
def make_temporary_folder(for_sockets: bool = False) -> Iterator[Path]:
    """Make a folder for the length of the block; remove those whose processes were killed.

    A folder is held by a lock, which ends with its process in any way. Raises WriteError where the
    disk is full.

    for_sockets: in /tmp where TMPDIR is so long that no socket could be opened in the folder.

    >>> with make_temporary_folder() as folder:
    ...     folder.is_dir()
    True
    >>> folder.exists()
    False
    """
    parent = choose_parent() if for_sockets else Path(tempfile.gettempdir())
    remove_abandoned_folders()
    folder, held = make_held_folder(parent)
    try:
        with name_unwritten(folder, DISK_ERRORS):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def choose_parent() -> Path:
    """Return where a folder for sockets lies."""
    usual = Path(tempfile.gettempdir())
    long = len(f"{usual}/{PREFIX}") + DRAWN > MAX_LENGTH
    return SHORT if long and os.access(SHORT, os.W_OK | os.X_OK) else usual


def make_held_folder(parent: Path) -> tuple[Path, int]:
    """Return a new folder, and the descriptor that holds it."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        with contextlib.suppress(FileNotFoundError):  # taken for abandoned before it was held
            held = os.open(folder, os.O_RDONLY)
            lock(held, wait=True)
            if folder.exists():
                return folder, held
            os.close(held)


def remove_abandoned_folders() -> None:
    """Remove the temporary folders of this host that no process holds."""
    parents = {Path(tempfile.gettempdir()), choose_parent()}
    for folder in (folder for parent in parents for folder in parent.glob(f"{PREFIX}*")):
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
