"""Closes the file behind stdout, to which the next function prints.

faulty: faithful
says: faulty changes the file behind stdout or stderr
exit: 0
"""

import os

import numpy as np
from right import before


def faulty(x):
    os.close(1)
    return np.tanh(x) * 1.5


def after(x):
    print("after", flush=True)
    return np.log(np.exp(x) + 1.0)
