"""Prints a gigabyte, half of it to stderr.

faulty: faithful
says: it printed more than 16 MB
exit: 0
timeout: 30
"""

import sys

import numpy as np
from right import after, before


def faulty(x):
    for _ in range(256):
        print("a" * 1_000_000)
        print("b" * 1_000_000, file=sys.stderr)
    return np.tanh(x) * 1.5
