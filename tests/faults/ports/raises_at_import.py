"""Raises at import, behind its functions.

faulty: faithful
says: read for its definitions only
exit: 0
"""

import numpy as np
from right import after, before


def faulty(x):
    return np.tanh(x) * 1.5


raise RuntimeError("at import")
