"""Calls os._exit in a call.

faulty: not-comparable
says: the reference: it called os._exit(0)
exit: 2
"""

import os

import numpy as np


def before(x):
    return np.exp(-x) / (1.0 + x)


def faulty(x):
    os._exit(0)


def after(x):
    return np.log(np.exp(x) + 1.0)


def cases():
    for name in ("before", "faulty", "after"):
        for rows in (2, 5):
            yield f"{name} of {rows} rows", {"x": np.linspace(0.1, 2.0, 3 * rows).reshape(rows, 3)}
