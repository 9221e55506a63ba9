"""Starts ever more processes.

faulty: error
says: processes running
exit: 1
timeout: 30
"""

import subprocess

from right import after, before


def faulty(x):
    while True:
        subprocess.Popen(["sleep", "86400"])
