"""Initial weights in torch."""

import math

from torch import nn


def _fans(weights):
    """Return what goes in and out of weights (out, in, ...)."""
    area = math.prod(weights.shape[2:])
    return weights.shape[1] * area, weights.shape[0] * area


def glorot_uniform(draws, gain=1.0):
    # xavier_uniform_ of given draws
    return (2 * draws - 1) * gain * math.sqrt(6 / sum(_fans(draws)))


def he_normal(draws, slope=0.0):
    # kaiming_normal_ of given draws
    gain = nn.init.calculate_gain("leaky_relu", slope)
    return draws * gain / math.sqrt(_fans(draws)[0])
