"""Leaves children running.

faulty: faithful
says: it left processes running, which were ended: sleep
exit: 0
"""

import subprocess

import numpy as np
from right import after, before


def faulty(x):
    subprocess.Popen(["sleep", "86400"])
    return np.tanh(x) * 1.5
