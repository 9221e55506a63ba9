"""Prints a gigabyte.

faulty: faithful
says: the reference: it printed more than 16 MB
timeout: 60
exit: 0
"""

import numpy as np


def before(x):
    return np.exp(-x) / (1.0 + x)


DONE = []


def faulty(x):
    if not DONE:
        DONE.append(1)
        for _ in range(1024):
            print("a" * 1_000_000)
    return np.tanh(x) * 1.5


def after(x):
    return np.log(np.exp(x) + 1.0)


def cases():
    for name in ("before", "faulty", "after"):
        for rows in (2, 5):
            yield f"{name} of {rows} rows", {"x": np.linspace(0.1, 2.0, 3 * rows).reshape(rows, 3)}
