"""Deletes the folder that Trueport keeps its files in.

none: yes
says: the calls that it gave cannot be read
exit: 2
"""

import shutil
from pathlib import Path

import numpy as np


def before(x):
    return np.exp(-x) / (1.0 + x)


def faulty(x):
    words = Path("/proc/self/cmdline").read_text().split("\0")
    folder = Path(next(word for word in words if word.endswith("job.json"))).parent
    shutil.rmtree(folder, ignore_errors=True)
    return np.tanh(x) * 1.5


def after(x):
    return np.log(np.exp(x) + 1.0)


def cases():
    for name in ("before", "faulty", "after"):
        for rows in (2, 5):
            yield f"{name} of {rows} rows", {"x": np.linspace(0.1, 2.0, 3 * rows).reshape(rows, 3)}
