import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


x = np.ones((4, 3))
w1 = np.ones((3, 5))
w2 = np.ones((2, 1))
y = sigmoid(sigmoid(x @ w1) * w2)
