"""Aborts in a call, as a library in C does.

faulty: error
says: killed by SIGABRT
exit: 1
"""

import os
import signal

import numpy as np
from right import after, before


def faulty(x):
    os.kill(os.getpid(), signal.SIGABRT)
    return np.tanh(x) * 1.5
