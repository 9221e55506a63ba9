"""Files written whole or not at all: a reader never meets half of one."""

import contextlib
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any


@contextlib.contextmanager
def write_atomically(path: Path) -> Iterator[IO[bytes]]:
    """Open a file whose content takes the place of `path` at the end of the block, and only then.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     with write_atomically(Path(name) / "new" / "a.txt") as file:
    ...         _ = file.write(b"all of it")
    ...     [path.name for path in (Path(name) / "new").iterdir()]
    ['a.txt']
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # a name of its own: several processes may write the same entry of a cache
    part = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    finally:  # Ctrl-C and a full disk leave nothing half written
        part.unlink(missing_ok=True)


def write_json(path: Path, record: Any, **options: Any) -> None:
    """Write a record as JSON, without nan and on one line unless options of `json.dumps` differ."""
    text = json.dumps(record, **({"allow_nan": False} | options)) + "\n"
    with write_atomically(path) as file:
        file.write(text.encode("utf-8", "replace"))  # a name may hold what UTF-8 does not
