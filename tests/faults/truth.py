"""The reference that the ports of `ports/` are held against."""

import numpy as np


def before(x):
    """What runs before the function that goes wrong."""
    return np.exp(-x) / (1.0 + x)


def faulty(x):
    """What goes wrong in a port."""
    return np.tanh(x) * 1.5


def after(x):
    """What runs after it."""
    return np.log(np.exp(x) + 1.0)


def cases():
    """Two calls of each, in this order."""
    for name in ("before", "faulty", "after"):
        for rows in (2, 5):
            yield f"{name} of {rows} rows", {"x": np.linspace(0.1, 2.0, 3 * rows).reshape(rows, 3)}
