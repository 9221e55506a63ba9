"""Ends its process by a system call, with exit status 0.

faulty: error
says: the process died (exit status 0)
exit: 1
"""

import ctypes

from right import after, before


def faulty(x):
    ctypes.CDLL(None)._exit(0)
