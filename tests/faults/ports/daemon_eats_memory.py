"""Starts a process in a session of its own that allocates without end, and waits.

faulty: error
says: used more than 600 MB of memory
timeout: 40
exit: 1
"""

import subprocess
import sys

import numpy as np
from right import after, before


EATING = "kept = []\nwhile True: kept.append(bytearray(b'x' * 10_000_000))"


def faulty(x):
    subprocess.run([sys.executable, "-c", EATING], start_new_session=True)
    return np.tanh(x) * 1.5
