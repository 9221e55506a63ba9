"""Activation functions (chapter 3, used by the networks of sections 4.4.2 and 4.5)."""

import jax


def sigmoid(x):
    """The logistic function 1 / (1 + exp(-x)), elementwise (section 3.2.4)."""
    return jax.nn.sigmoid(x)


def softmax(x):
    """exp(x) / sum(exp(x)) over the last axis: the classes (section 3.5)."""
    return jax.nn.softmax(x, axis=-1)
