"""Files written whole or not at all: a reader never meets half of one."""

import contextlib
import errno
import json
import os
import threading
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

# what the standard library and NumPy raise for a file of ours that is gone, cut or changed
READ_ERRORS = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)


DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)  # full, read-only, broken


class WriteError(OSError):
    """What could not be written, where, and why: a sentence."""


@contextlib.contextmanager
def name_unwritten(path: Path, numbers: tuple[int, ...] | None = None) -> Iterator[None]:
    """In the block, an OSError becomes a WriteError that names the file, path if it names none.

    numbers: the errnos of which that holds, where the block may raise others that mean another
    thing.

    >>> with name_unwritten(Path("out/a.txt")):
    ...     raise OSError(28, "No space left on device")
    Traceback (most recent call last):
      ...
    trueport.compare.execution.files.WriteError: cannot write out/a.txt: No space left on device
    """
    try:
        yield
    except WriteError:
        raise
    except OSError as error:
        if numbers is not None and error.errno not in numbers:
            raise
        where, why = error.filename or path, error.strerror or error
        unwritten = WriteError(f"cannot write {where}: {why}")
        unwritten.errno = error.errno  # by which a worker knows that it is no fault of its port
        raise unwritten from error


@contextlib.contextmanager
def write_atomically(path: Path) -> Iterator[IO[bytes]]:
    """Open a file whose content takes the place of `path` at the end of the block, and only then.

    Nothing is forced to the disk: a file that a power cut has emptied is noticed when it is read,
    as a damaged one is, and made anew.

    Raises WriteError, and then leaves what was there.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     with write_atomically(Path(name) / "new" / "a.txt") as file:
    ...         _ = file.write(b"all of it")
    ...     [path.name for path in (Path(name) / "new").iterdir()]
    ['a.txt']
    """
    # a name of its own: several processes may write the same entry of a cache
    part = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    with name_unwritten(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                yield file
            part.replace(path)
        finally:  # Ctrl-C and a full disk leave nothing half written
            with contextlib.suppress(OSError):  # on a disk that takes no changes it never was
                part.unlink(missing_ok=True)


def remove_stale_parts(folder: Path) -> None:
    """Remove, in a folder and below it, what processes that were killed had begun to write."""
    for path in folder.rglob(".*.part"):
        pid = path.name.split(".")[-2].partition("-")[0]
        if pid.isdigit() and not is_running(int(pid)):
            path.unlink(missing_ok=True)


def is_running(pid: int) -> bool:
    """Tell whether there is a process of this number.

    >>> is_running(os.getpid())
    True
    """
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # another user's
        return True
    return True


def write_json(path: Path, record: Any, **options: Any) -> None:
    """Write a record as JSON, without nan and on one line unless options of `json.dumps` differ."""
    text = json.dumps(record, **({"allow_nan": False} | options)) + "\n"
    with write_atomically(path) as file:
        file.write(text.encode("utf-8", "replace"))  # a name may hold what UTF-8 does not
