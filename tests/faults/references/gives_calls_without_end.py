"""Gives calls to compare by without end.

none: yes
says: the calls to compare by were not there within 30 s
memory: 8000
exit: 2
"""

import numpy as np


def before(x):
    return np.exp(-x) / (1.0 + x)


def faulty(x):
    return np.tanh(x) * 1.5


def after(x):
    return np.log(np.exp(x) + 1.0)


def cases():
    while True:
        yield "faulty", {"x": np.ones(1)}
