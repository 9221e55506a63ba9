# coding: utf-8
import numpy as np


def _grad_one(f, x):
    h = 1e-4
    out = np.zeros_like(x)
    for i in range(x.size):
        old = x[i]
        x[i] = old + h
        plus = f(x)
        x[i] = old - h
        minus = f(x)
        out[i] = (plus - minus) / (2 * h)
        x[i] = old
    return out


def numerical_gradient(f, X):
    X = X if X.dtype.kind == 'f' else X.astype(float)
    if X.ndim == 1:
        return _grad_one(f, X)
    flat = X.reshape(-1)            # 同じメモリ
    return _grad_one(lambda _: f(X), flat).reshape(X.shape)


def gradient_descent(f, init_x, lr=0.01, step_num=100):
    x = init_x
    for _ in range(step_num):
        x -= lr * numerical_gradient(f, x)
    return x
