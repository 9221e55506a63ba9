# 정수 배열이 오면 실수로 바꾼다
import numpy as np


def numerical_gradient(f, x):
    x = np.asarray(x, dtype=float) if x.dtype.kind != 'f' else x
    grad = np.zeros_like(x)
    for idx in np.ndindex(x.shape):
        v = x[idx]
        x[idx] = v + 1e-4
        a = f(x)
        x[idx] = v - 1e-4
        b = f(x)
        x[idx] = v
        grad[idx] = (a - b) / 2e-4
    return grad
