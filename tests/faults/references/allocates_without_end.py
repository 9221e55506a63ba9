"""Allocates without end.

faulty: not-comparable
says: the reference: used more than 600 MB of memory
timeout: 40
exit: 2
"""

import numpy as np


def before(x):
    return np.exp(-x) / (1.0 + x)


def faulty(x):
    kept = []
    while True:
        kept.append(np.ones(1_000_000))


def after(x):
    return np.log(np.exp(x) + 1.0)


def cases():
    for name in ("before", "faulty", "after"):
        for rows in (2, 5):
            yield f"{name} of {rows} rows", {"x": np.linspace(0.1, 2.0, 3 * rows).reshape(rows, 3)}
