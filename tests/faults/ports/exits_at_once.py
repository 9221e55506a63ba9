"""Calls os._exit in a call.

faulty: error
says: it called os._exit(0)
exit: 1
"""

import os

from right import after, before


def faulty(x):
    os._exit(0)
