"""Prints bytes that are no text, and dies.

faulty: error
says: killed by SIGKILL
exit: 1
"""

import os
import signal

from right import after, before


def faulty(x):
    os.write(1, bytes(range(256)) * 100)
    os.kill(os.getpid(), signal.SIGKILL)
