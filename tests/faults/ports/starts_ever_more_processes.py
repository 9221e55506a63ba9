"""Starts ever more processes.

faulty: error
says: processes running
memory: 6000
exit: 1
timeout: 60
"""

import subprocess

from right import after, before


def faulty(x):
    while True:
        subprocess.Popen(["sleep", "86400"])
