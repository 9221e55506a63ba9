"""Activation functions (chapter 3, used by the networks of sections 4.4.2 and 4.5)."""

import numpy as np


def sigmoid(x):
    """Return the logistic function 1 / (1 + exp(-x)), elementwise.

    Written with exp(-|x|), so that no argument overflows: at x = -1000 the textbook form computes
    exp(1000) on the way to the right answer.

    x: array of any shape, floating point. Returns an array of x's shape and dtype.
    Source: section 3.2.4.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, e) / (1.0 + e)


def softmax(x):
    """Return exp(x) / sum(exp(x)) over the last axis: the classes.

    The maximum is subtracted first: the value is the same and nothing overflows.

    x: (K,) for one sample or (N, K) for a batch, floating point. Returns an array of x's shape and
    dtype whose rows sum to one.
    Source: sections 3.5.1 and 3.5.2.

    >>> softmax(np.array([0.3, 2.9, 4.0]))
    array([0.01821127, 0.24519181, 0.73659691])
    >>> softmax(np.array([1010.0, 1000.0, 990.0])).sum().item()
    1.0
    """
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)
