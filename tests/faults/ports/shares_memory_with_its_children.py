"""Has 400 MB that four processes share with it, which it forks.

faulty: faithful
exit: 0
timeout: 30
"""

import os
import time

import numpy as np
from right import after, before


def faulty(x):
    shared = bytearray(b"x") * (400 << 20)
    children = []
    for _ in range(4):
        if not (child := os.fork()):
            try:
                shared.count(1)
                time.sleep(1.5)
            finally:
                os.kill(os.getpid(), 9)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    return np.tanh(x) * 1.5
