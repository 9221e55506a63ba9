"""Makes every warning an error, and the next function warns.

faulty: faithful
exit: 0
"""

import warnings

import numpy as np
from right import before


def faulty(x):
    warnings.simplefilter("error")
    return np.tanh(x) * 1.5


def after(x):
    warnings.warn("to be expected", stacklevel=1)
    return np.log(np.exp(x) + 1.0)
