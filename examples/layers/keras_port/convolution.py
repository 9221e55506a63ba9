"""Convolutions, pooling and resizing in Keras: TensorFlow's, on a CPU, want the channels last."""

import numpy as np
from keras import ops

LAST = {"data_format": "channels_last"}


def _to_last(x):
    return ops.transpose(x, (0, 2, 3, 1))


def _to_first(x):
    return ops.transpose(x, (0, 3, 1, 2))


def _pad(x, padding, value=0.0):
    """x (n, h, w, c): padding="same" of a strided convolution would pad the far sides alone."""
    sides = ((0, 0), (padding, padding), (padding, padding), (0, 0))
    return ops.pad(x, sides, constant_values=value)


def conv2d(x, weight, bias, stride=1, padding=0, dilation=1):
    kernel = ops.transpose(weight, (2, 3, 1, 0))
    x = _pad(_to_last(x), padding)
    return _to_first(ops.conv(x, kernel, stride, dilation_rate=dilation, **LAST) + bias)


def depthwise_conv2d(x, weight, bias, stride=1, padding=0):
    kernel = ops.transpose(weight, (1, 2, 0))[..., None]
    return _to_first(ops.depthwise_conv(_pad(_to_last(x), padding), kernel, stride, **LAST) + bias)


def max_pool2d(x, size, stride, padding=0):
    return _to_first(ops.max_pool(_pad(_to_last(x), padding, -np.inf), size, stride, **LAST))


def average_pool2d(x, size, stride, padding=0, count_padding=True):
    # padding="same" counts none of its own
    mean = ops.average_pool(_pad(_to_last(x), padding), size, stride, **LAST)
    if count_padding:
        return _to_first(mean)
    ones = _pad(ops.ones_like(_to_last(x)), padding)
    return _to_first(mean / ops.average_pool(ones, size, stride, **LAST))


def _interpolation(length, wanted, dtype):
    """Return the matrix (wanted, length) of the two nearest pixels' shares."""
    place = (ops.arange(wanted, dtype=dtype) + 0.5) * length / wanted - 0.5
    place = ops.clip(place, 0, length - 1)
    return ops.relu(1 - ops.abs(place[:, None] - ops.arange(length, dtype=dtype)))


def resize_bilinear(x, height, width):
    # ops.image.resize(x, (height, width)), which computes in float32 whatever it is given
    down = _interpolation(x.shape[2], height, x.dtype)
    along = _interpolation(x.shape[3], width, x.dtype)
    return ops.matmul(ops.matmul(down, x), ops.transpose(along))
