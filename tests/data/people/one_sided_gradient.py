import numpy as np


def numerical_gradient(f, x):
    """각 원소를 h만큼 움직여 본다"""
    if x.dtype.kind in 'iub':
        raise ValueError('실수 배열만')
    h = 1e-4
    base = f(x)
    grad = np.zeros(x.shape, dtype=x.dtype)
    it = np.nditer(x, flags=['multi_index'], op_flags=['readwrite'])
    while not it.finished:
        i = it.multi_index
        keep = x[i]
        x[i] = keep + h
        grad[i] = (f(x) - base) / h
        x[i] = keep
        it.iternext()
    return grad
