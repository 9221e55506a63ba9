"""Empties that file.

faulty: error
says: Trueport's own files in
exit: 1
"""

from pathlib import Path

import numpy as np
from right import after, before


def find_job():
    """Return the folder that Trueport keeps its files of this process in."""
    words = Path("/proc/self/cmdline").read_text().split("\0")
    return Path(next(word for word in words if word.endswith("job.json"))).parent


def faulty(x):
    (find_job() / "events.jsonl").write_bytes(b"")
    return np.tanh(x) * 1.5
