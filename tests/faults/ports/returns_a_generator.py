"""Returns a generator of rows.

faulty: faithful
exit: 0
"""

import numpy as np
from right import after, before


def faulty(x):
    return (row for row in np.tanh(x) * 1.5)
