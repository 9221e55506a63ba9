"""Leaves an alarm behind that ends its process in the next function.

faulty: faithful
says: killed by SIGALRM
says: in after, case
says: what ran before it may be the cause
exit: 0
"""

import signal
import time

import numpy as np
from right import before


def faulty(x):
    if len(x) == 5:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
    return np.tanh(x) * 1.5


def after(x):
    time.sleep(0.3)
    return np.log(np.exp(x) + 1.0)
