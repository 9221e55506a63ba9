"""Lets Trueport write pickles in its process for results: the parent reads none.

faulty: error
says: Trueport's own files in
exit: 1
"""

import sys

import numpy as np
from right import after, before


def write_objects(file, **arrays):
    np.savez(file, result=np.array([{}], dtype=object))


def faulty(x):
    sys.modules["trueport.compare.suite.case"].savez = write_objects
    return np.tanh(x) * 1.5
