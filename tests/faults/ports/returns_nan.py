"""Returns NaN in one place.

faulty: unfaithful
says: got nan
exit: 1
quick: yes
"""

import numpy as np
from right import after, before


def faulty(x):
    y = np.tanh(x) * 1.5
    y[0, 0] = np.nan
    return y
