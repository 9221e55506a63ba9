"""Initial weights in Keras."""

import math

from keras import ops


def _fans(shape):
    """Return what goes in and out of weights (out, in, ...); Keras has them (..., in, out)."""
    area = math.prod(shape[2:])
    return shape[1] * area, shape[0] * area


def glorot_uniform(draws, gain=1.0):
    return (2 * draws - 1) * gain * math.sqrt(6 / sum(_fans(ops.shape(draws))))


def he_normal(draws, slope=0.0):
    # keras.initializers.HeNormal cuts off its draws, of a normal 1.137 times as wide, at two of its
    # deviations
    return draws * math.sqrt(2 / (1 + slope**2) / _fans(ops.shape(draws))[0])
