"""Writes rubbish into the file by which its process tells what it does.

faulty: error
says: Trueport's own files in
exit: 1
quick: yes
"""

from pathlib import Path

import numpy as np
from right import after, before


def find_job():
    """Return the folder that Trueport keeps its files of this process in."""
    words = Path("/proc/self/cmdline").read_text().split("\0")
    return Path(next(word for word in words if word.endswith("job.json"))).parent


def faulty(x):
    with (find_job() / "events.jsonl").open("ab") as file:
        file.write(b"\xff\x00 rubbish\n[1, 2]\n{}\n")
    return np.tanh(x) * 1.5
