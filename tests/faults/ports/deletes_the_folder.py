"""Changes into a folder and deletes it.

faulty: faithful
says: faulty changes the working folder
exit: 0
"""

import os
import tempfile

import numpy as np
from right import before


def faulty(x):
    place = tempfile.mkdtemp()
    os.chdir(place)
    os.rmdir(place)
    return np.tanh(x) * 1.5


def after(x):
    assert os.getcwd()
    return np.log(np.exp(x) + 1.0)
