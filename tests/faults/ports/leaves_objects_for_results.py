"""Puts a pickle in the place of a result before it is read.

faulty: error
says: Trueport's own files in
exit: 1
"""

import threading
from pathlib import Path

import numpy as np
from right import after, before


def find_job():
    """Return the folder that Trueport keeps its files of this process in."""
    words = Path("/proc/self/cmdline").read_text().split("\0")
    return Path(next(word for word in words if word.endswith("job.json"))).parent


def overwrite(job):
    while True:
        for path in job.glob("*.npz"):
            with path.open("wb") as file:
                np.savez(file, result=np.array([{}], dtype=object))


def faulty(x):
    threading.Thread(target=overwrite, args=(find_job(),), daemon=True).start()
    return np.tanh(x) * 1.5
