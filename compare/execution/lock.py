"""One command at work in a folder: a second one is told whose process the first is."""

import errno
import os
from pathlib import Path
from typing import IO

from .files import WriteError, name_unwritten

LOCK_FILE = ".lock"
# what a file system says that has no locks
WITHOUT_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL)


def lock_folder(folder: Path) -> IO[bytes]:
    """Hold a folder until the file that is returned is closed, or this process ends in any way.

    Raises ValueError if another process holds it, WriteError if nothing can be written there or the
    system refuses the lock for another reason. Where a file system has no locks nothing is held.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name, lock_folder(Path(name)):
    ...     lock_folder(Path(name))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
      ...
    ValueError: ... is in use by process ...: wait for its end, or give another --out
    """
    import fcntl  # not on Windows, where a command says so before it comes here

    path = folder / LOCK_FILE
    with name_unwritten(path):
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b", buffering=0)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ValueError(
                f"{folder} is in use by process {read_holder(file)}: wait for its end, or give "
                "another --out"
            ) from None
        except OSError as error:
            if error.errno not in WITHOUT_LOCKS:
                raise WriteError(f"cannot lock {path}: {error.strerror}") from error
        with name_unwritten(path):
            file.truncate(0)
            file.write(str(os.getpid()).encode())
    except BaseException:
        file.close()
        raise
    return file


def read_holder(file: IO[bytes]) -> str:
    """Return the number of the process that has written it into a file."""
    try:
        return file.read().decode(errors="replace").strip() or "unknown"
    except OSError:
        return "unknown"
