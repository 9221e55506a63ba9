"""Activation functions in Keras."""

import math

from keras import ops


def gelu(x):
    # ops.gelu(x, approximate=False), whose root of 2 TensorFlow rounds to float32 in float64 too
    return 0.5 * x * (1 + ops.erf(x / 2**0.5))


def gelu_tanh(x):
    # ops.gelu(x), which approximates unless told otherwise, with constants rounded to float32
    return 0.5 * x * (1 + ops.tanh((2 / math.pi) ** 0.5 * (x + 0.044715 * x**3)))


def silu(x):
    return ops.silu(x)


def softplus(x):
    return ops.softplus(x)


def elu(x, alpha=1.0):
    return ops.elu(x, alpha)


def hard_swish(x):
    return ops.hard_swish(x)


def log_softmax(x, axis=-1):
    return ops.log_softmax(x, axis=axis)
