"""Gives a wrong result, and deletes every folder of the run.

faulty: unfaithful
exit: 1
"""

import shutil
from pathlib import Path

import numpy as np
from right import after, before


def find_job():
    """Return the folder that Trueport keeps its files of this process in."""
    words = Path("/proc/self/cmdline").read_text().split("\0")
    return Path(next(word for word in words if word.endswith("job.json"))).parent


def faulty(x):
    shutil.rmtree(find_job().parent)
    return np.tanh(x) * 1.6
