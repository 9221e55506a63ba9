"""Prints a line of 100 MB, and dies.

faulty: error
says: killed by SIGKILL
says: its last words: aaa
exit: 1
"""

import os
import signal

from right import after, before


def faulty(x):
    print("a" * 100_000_000, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
