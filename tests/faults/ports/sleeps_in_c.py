"""Waits in C for a day, where no Python runs.

faulty: timeout
says: no answer within
exit: 1
"""

import ctypes

from right import after, before


def faulty(x):
    ctypes.PyDLL(None).sleep(86400)
