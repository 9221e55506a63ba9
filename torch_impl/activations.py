"""Activation functions (chapter 3, used by the networks of sections 4.4.2 and 4.5)."""

import torch


def sigmoid(x):
    """Return the logistic function 1 / (1 + exp(-x)), elementwise.

    torch's own: no argument overflows, and autograd knows its derivative. (The reference's form,
    written with abs, would get the derivative 0 at x = 0 from autograd.)

    x: tensor of any shape, floating point. Returns a tensor of x's shape and dtype.
    Source: section 3.2.4.

    >>> sigmoid(torch.tensor([-1000.0, 0.0, 1000.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    return torch.sigmoid(x)


def softmax(x):
    """Return exp(x) / sum(exp(x)) over the last axis: the classes.

    x: (K,) for one sample or (N, K) for a batch, floating point. Returns a tensor of x's shape and
    dtype whose rows sum to one.
    Source: sections 3.5.1 and 3.5.2.

    >>> softmax(torch.tensor([0.3, 2.9, 4.0])).round(decimals=4)
    tensor([0.0182, 0.2452, 0.7366])
    >>> round(softmax(torch.tensor([1010.0, 1000.0, 990.0])).sum().item(), 6)
    1.0
    """
    return torch.softmax(x, dim=-1)
