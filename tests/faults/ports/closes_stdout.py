"""Closes sys.stdout, to which the next function prints.

faulty: faithful
says: faulty changes sys.stdout or sys.stderr
exit: 0
"""

import sys

import numpy as np
from right import before


def faulty(x):
    sys.stdout.close()
    return np.tanh(x) * 1.5


def after(x):
    print("after")
    return np.log(np.exp(x) + 1.0)
