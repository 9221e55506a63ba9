import numpy as np


def softmax(x):
    # バッチ対応
    c = np.max(x, axis=0)
    e = np.exp(x - c)
    return e / np.sum(e, axis=0)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))
