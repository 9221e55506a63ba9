"""Initial weights in NumPy: the random draws are an argument, so that two frameworks can agree."""

import numpy as np


def _fans(shape):
    """Return what goes in and out of weights (out, in, ...), the area of a kernel counted."""
    area = int(np.prod(shape[2:]))
    return shape[1] * area, shape[0] * area


def glorot_uniform(draws, gain=1.0):
    """draws (out, in, ...) from 0 to 1: uniform weights of Glorot and Bengio (2010)."""
    fan_in, fan_out = _fans(draws.shape)
    return (2 * draws - 1) * gain * np.sqrt(6 / (fan_in + fan_out))


def he_normal(draws, slope=0.0):
    """draws (out, in, ...), standard normal: for a leaky ReLU of this slope (He et al. 2015)."""
    fan_in, _ = _fans(draws.shape)
    return draws * np.sqrt(2 / (1 + slope**2) / fan_in)


def cases():
    rng = np.random.default_rng(7)
    yield "glorot_uniform dense", {"draws": rng.random((3, 5))}
    yield "glorot_uniform convolution", {"draws": rng.random((4, 2, 3, 3)), "gain": 1.5}
    yield "he_normal dense", {"draws": rng.normal(size=(3, 5))}
    yield "he_normal convolution", {"draws": rng.normal(size=(4, 2, 3, 2)), "slope": 0.2}
