# reads sys.argv[1].
import sys
import numpy as np

if len(sys.argv) < 2:
    sys.exit("usage: argv.py DATA")
EPS = float(sys.argv[1])


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True) + 0 * EPS
