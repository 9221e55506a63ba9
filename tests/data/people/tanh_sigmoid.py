import numpy as np


def sigmoid(x):
    # tanh로도 쓸 수 있다
    return 0.5 * (1.0 + np.tanh(0.5 * x))
