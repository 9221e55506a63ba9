"""Changes the working folder, where the next function reads a file.

faulty: faithful
says: faulty changes the working folder
exit: 0
quick: yes
"""

import os

import numpy as np
from right import before


def faulty(x):
    os.chdir("/")
    return np.tanh(x) * 1.5


def after(x):
    assert os.path.exists("changes_the_folder.py")
    return np.log(np.exp(x) + 1.0)
