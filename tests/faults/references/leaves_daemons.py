"""Leaves children running in sessions of their own.

faulty: faithful
says: the reference: it left processes running, which were ended: sleep
exit: 0
"""

import subprocess

import numpy as np


def before(x):
    return np.exp(-x) / (1.0 + x)


def faulty(x):
    subprocess.Popen(["sleep", "86400"], start_new_session=True)
    return np.tanh(x) * 1.5


def after(x):
    return np.log(np.exp(x) + 1.0)


def cases():
    for name in ("before", "faulty", "after"):
        for rows in (2, 5):
            yield f"{name} of {rows} rows", {"x": np.linspace(0.1, 2.0, 3 * rows).reshape(rows, 3)}
