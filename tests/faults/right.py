"""A right port of `truth.py`; the ports that go wrong take `before` and `after` from here."""

import numpy as np


def before(x):
    return np.exp(-x) / (np.asarray(x) + 1.0)


def faulty(x):
    return 1.5 * np.tanh(x)


def after(x):
    return np.log(1.0 + np.exp(x))
