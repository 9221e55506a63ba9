import numpy as np


def softmax(x):
    c = np.max(x, axis=-1, keepdims=True)
    exp_x = np.exp(x - c)
    sum_x = np.sum(x, axis=-1, keepdims=True)
    return exp_x / sum_x
