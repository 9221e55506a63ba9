# 루프로만 써 본 버전
import math
import numpy as np


def softmax(x):
    if x.ndim > 1:
        return np.array([softmax(row) for row in x])
    top = max(x)
    es = [math.exp(v - top) for v in x]
    total = 0.0
    for e in es:
        total += e
    return np.array([e / total for e in es])


def sum_squares_error(y, t):
    total = 0.0
    for a, b in zip(y.ravel(), t.ravel()):
        total += (a - b) ** 2
    return total / 2


def cross_entropy_error(y, t):
    if y.ndim == 1:
        y, t = [y], [t]
    total = 0.0
    for row, label in zip(y, t):
        if np.ndim(label) == 0:
            total -= math.log(row[int(label)] + 1e-7)
        else:
            for k in range(len(row)):
                total -= label[k] * math.log(row[k] + 1e-7)
    return total / len(y)
