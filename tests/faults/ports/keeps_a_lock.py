"""Keeps a lock for which the next function waits.

faulty: faithful
says: no answer within
says: in after, case
says: what ran before it may be the cause
exit: 0
"""

import threading

import numpy as np
from right import before

LOCK = threading.Lock()


def faulty(x):
    LOCK.acquire(blocking=False)
    return np.tanh(x) * 1.5


def after(x):
    with LOCK:
        return np.log(np.exp(x) + 1.0)
