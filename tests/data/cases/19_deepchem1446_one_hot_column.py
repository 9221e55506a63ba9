# SOURCE deepchem/deepchem#1446 (2018-11-07): to_one_hot of labels of shape (N, 1) gives ones
#   everywhere; of shape (N,) it is right.
# WRONG: the row index of shape (N,) and labels of shape (N, 1) broadcast to N x N.
import numpy as np


def to_one_hot(y, n_classes=2):
    n = np.shape(y)[0]
    hot = np.zeros((n, n_classes))
    hot[np.arange(n), y.astype(np.int64)] = 1
    return hot
