"""Lets NumPy raise on underflow, which the next function meets.

faulty: faithful
says: faulty changes np.seterr
exit: 0
quick: yes
"""

import numpy as np
from right import before


def faulty(x):
    np.seterr(all="raise")
    return np.tanh(x) * 1.5


def after(x):
    np.exp(np.full(3, -800.0))
    return np.log(np.exp(x) + 1.0)
