"""Activation functions (chapter 3, used by the networks of sections 4.4.2 and 4.5)."""

from keras import ops


def sigmoid(x):
    """Return the logistic function 1 / (1 + exp(-x)), elementwise.

    Keras's own: no argument overflows, and the tape knows its derivative.

    x: tensor of any shape, floating point. Returns a tensor of x's shape and dtype.
    Source: section 3.2.4.

    >>> sigmoid(ops.array([-1000.0, 0.0, 1000.0])).numpy().tolist()
    [0.0, 0.5, 1.0]
    """
    return ops.sigmoid(x)


def softmax(x):
    """Return exp(x) / sum(exp(x)) over the last axis: the classes.

    x: (K,) for one sample or (N, K) for a batch, floating point. Returns a tensor of x's shape and
    dtype whose rows sum to one.
    Source: sections 3.5.1 and 3.5.2.

    >>> [round(float(value), 4) for value in softmax(ops.array([0.3, 2.9, 4.0]))]
    [0.0182, 0.2452, 0.7366]
    >>> round(float(ops.sum(softmax(ops.array([1010.0, 1000.0, 990.0])))), 6)
    1.0
    """
    return ops.softmax(x, axis=-1)
