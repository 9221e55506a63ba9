"""Leaves children running in sessions of their own.

faulty: faithful
says: it left processes running, which were ended: sleep
exit: 0
quick: yes
"""

import subprocess

import numpy as np
from right import after, before


def faulty(x):
    subprocess.Popen(["sleep", "86400"], start_new_session=True)
    return np.tanh(x) * 1.5
