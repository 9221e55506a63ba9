"""Lets NumPy raise on underflow, which the next function meets.

faulty: faithful
exit: 0
"""

import numpy as np


def before(x):
    return np.exp(-x) / (1.0 + x)


def faulty(x):
    np.seterr(all="raise")
    return np.tanh(x) * 1.5


def after(x):
    np.exp(np.full(3, -800.0))
    return np.log(np.exp(x) + 1.0)


def cases():
    for name in ("before", "faulty", "after"):
        for rows in (2, 5):
            yield f"{name} of {rows} rows", {"x": np.linspace(0.1, 2.0, 3 * rows).reshape(rows, 3)}
