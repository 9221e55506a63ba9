"""Raises at import, before anything is defined.

says: read for its definitions only
faulty: faithful
exit: 0
"""

import numpy as np


def before(x):
    return np.exp(-x) / (1.0 + x)


raise RuntimeError("at import")


def faulty(x):
    return np.tanh(x) * 1.5


def after(x):
    return np.log(np.exp(x) + 1.0)


def cases():
    for name in ("before", "faulty", "after"):
        for rows in (2, 5):
            yield f"{name} of {rows} rows", {"x": np.linspace(0.1, 2.0, 3 * rows).reshape(rows, 3)}
