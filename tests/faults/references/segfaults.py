"""Segfaults in a call.

faulty: not-comparable
says: the reference: the process died (killed by SIGSEGV)
exit: 2
"""

import ctypes

import numpy as np


def before(x):
    return np.exp(-x) / (1.0 + x)


def faulty(x):
    ctypes.string_at(0)
    return np.tanh(x) * 1.5


def after(x):
    return np.log(np.exp(x) + 1.0)


def cases():
    for name in ("before", "faulty", "after"):
        for rows in (2, 5):
            yield f"{name} of {rows} rows", {"x": np.linspace(0.1, 2.0, 3 * rows).reshape(rows, 3)}
