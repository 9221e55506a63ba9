# SOURCE oreilly-japan/deep-learning-from-scratch, ch04/gradient_method.py (the book's own code): its
#   gradient_descent gives back the last point and the path, a pair.
# WRONG: it changes init_x in place (the catalogue's F42); otherwise the chapter's.
import numpy as np


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for idx in range(x.size):
        keep = x[idx]
        x[idx] = float(keep) + h
        up = f(x)
        x[idx] = keep - h
        down = f(x)
        grad[idx] = (up - down) / (2 * h)
        x[idx] = keep
    return grad


def gradient_descent(f, init_x, lr=0.01, step_num=100):
    x = init_x
    x_history = []
    for i in range(step_num):
        x_history.append(x.copy())
        x -= lr * numerical_gradient(f, x)
    return x, np.array(x_history)
