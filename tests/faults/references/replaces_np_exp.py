"""Replaces np.exp for good, in a call.

faulty: faithful
says: faulty replaces numpy.exp
exit: 0
"""

import sys

import numpy as np


def before(x):
    return np.exp(-x) / (1.0 + x)


def faulty(x):
    y = np.tanh(x) * 1.5
    sys.modules["numpy"].exp = abs
    return y


def after(x):
    return np.log(np.exp(x) + 1.0)


def cases():
    for name in ("before", "faulty", "after"):
        for rows in (2, 5):
            yield f"{name} of {rows} rows", {"x": np.linspace(0.1, 2.0, 3 * rows).reshape(rows, 3)}
