"""What a process has printed, in a file: cut where it is too much, and its last words."""

import contextlib
import os
from pathlib import Path

MAX_OUTPUT = 1 << 24  # bytes that a process may print before the middle of it is cut out
KEPT_OUTPUT = 1 << 16  # bytes that are kept then, at the beginning and at the end
MAX_WORDS = 400  # characters of a line that are told
CUT = "\n[cut by Trueport: more than {limit} MB were printed here]\n"


def cut_output(path: Path) -> str:
    """Cut what a process has printed to its beginning and its end, if it is too much.

    Returns what to say of it, "" if it is left as it is. Whoever prints must append to the file.
    """
    with contextlib.suppress(OSError), path.open("r+b") as file:
        if os.fstat(file.fileno()).st_size <= MAX_OUTPUT:
            return ""
        head = file.read(KEPT_OUTPUT)
        file.seek(-KEPT_OUTPUT, os.SEEK_END)
        tail = file.read(KEPT_OUTPUT)
        file.truncate(0)
        limit = MAX_OUTPUT >> 20
        with path.open("ab", buffering=0) as end:
            end.write(head + CUT.format(limit=limit).encode() + tail)
        return f"it printed more than {limit} MB: the middle of it was not kept"
    return ""


def read_last_words(path: Path) -> str:
    """Return the last line that a process printed, where an import error or abort speaks."""
    text = b""
    with contextlib.suppress(OSError), path.open("rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - KEPT_OUTPUT))
        text = file.read(KEPT_OUTPUT)
    lines = text.decode("utf-8", errors="replace").splitlines()
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    shown = "".join(c if c.isprintable() else "\ufffd" for c in last[:MAX_WORDS])
    more = "..." if len(last) > MAX_WORDS else ""
    return f"its last words: {shown}{more}" if last else "it printed nothing"
