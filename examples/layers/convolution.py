"""Convolutions, pooling and resizing in NumPy: images are (n, c, h, w)."""

import numpy as np


def _pad(x, padding, value=0.0):
    sides = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    return np.pad(x, sides, constant_values=value)


def _windows(x, height, width, stride, dilation=1):
    """Yield, for every place (i, j) of a kernel, what of x (n, c, h, w) it meets."""
    rows = (x.shape[2] - dilation * (height - 1) - 1) // stride + 1
    columns = (x.shape[3] - dilation * (width - 1) - 1) // stride + 1
    for i in range(height):
        for j in range(width):
            top, left = i * dilation, j * dilation
            down = slice(top, top + stride * rows, stride)
            right = slice(left, left + stride * columns, stride)
            yield i, j, x[:, :, down, right]


def conv2d(x, weight, bias, stride=1, padding=0, dilation=1):
    """x (n, c, h, w), weight (k, c, kh, kw), bias (k,): the cross-correlation, (n, k, h', w')."""
    _, _, height, width = weight.shape
    out = 0
    for i, j, patch in _windows(_pad(x, padding), height, width, stride, dilation):
        out = out + np.einsum("nchw,kc->nkhw", patch, weight[:, :, i, j])
    return out + bias[:, None, None]


def depthwise_conv2d(x, weight, bias, stride=1, padding=0):
    """x (n, c, h, w), weight (c, kh, kw), bias (c,): each channel with a kernel of its own."""
    _, height, width = weight.shape
    out = bias[:, None, None]
    for i, j, patch in _windows(_pad(x, padding), height, width, stride):
        out = out + patch * weight[:, i, j, None, None]
    return out


def max_pool2d(x, size, stride, padding=0):
    """x (n, c, h, w): the largest of each window of size × size; padding never wins."""
    padded = _pad(x, padding, -np.inf)
    return np.max([patch for _, _, patch in _windows(padded, size, size, stride)], axis=0)


def average_pool2d(x, size, stride, padding=0, count_padding=True):
    """x (n, c, h, w): the mean of each window, which counts the padding's zeros or does not."""
    total = sum(patch for _, _, patch in _windows(_pad(x, padding), size, size, stride))
    if count_padding:
        return total / size**2
    ones = _pad(np.ones_like(x), padding)
    return total / sum(patch for _, _, patch in _windows(ones, size, size, stride))


def _neighbours(length, wanted):
    """Return for each wanted place the two nearest of a length, and the share of the second."""
    place = np.clip((np.arange(wanted) + 0.5) * length / wanted - 0.5, 0, length - 1)
    first = np.floor(place).astype(int)
    return first, np.minimum(first + 1, length - 1), place - first


def resize_bilinear(x, height, width):
    """x (n, c, h, w) to (n, c, height, width): between pixels' centres, without antialiasing."""
    top, bottom, down = _neighbours(x.shape[2], height)
    x = x[:, :, top] * (1 - down[:, None]) + x[:, :, bottom] * down[:, None]
    left, right, along = _neighbours(x.shape[3], width)
    return x[:, :, :, left] * (1 - along) + x[:, :, :, right] * along


def cases():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(2, 3, 6, 7))
    weight, bias = rng.normal(size=(4, 3, 3, 2)), rng.normal(size=4)
    layer = {"x": x, "weight": weight, "bias": bias}
    yield "conv2d plain", layer
    yield "conv2d strided and padded", {**layer, "stride": 2, "padding": 1}
    yield "conv2d dilated", {**layer, "padding": 2, "dilation": 2}
    yield "conv2d of one pixel", {"x": x[:1], "weight": weight[:, :, :1, :1], "bias": bias}

    layer = {"x": x, "weight": rng.normal(size=(3, 2, 3)), "bias": rng.normal(size=3)}
    yield "depthwise_conv2d plain", layer
    yield "depthwise_conv2d strided and padded", {**layer, "stride": 2, "padding": 1}

    below = x - 5  # a zero of the padding would win
    yield "max_pool2d", {"x": x, "size": 2, "stride": 2}
    yield "max_pool2d padded", {"x": below, "size": 3, "stride": 2, "padding": 1}
    yield "average_pool2d", {"x": x, "size": 3, "stride": 1}
    yield "average_pool2d padded", {"x": x, "size": 3, "stride": 2, "padding": 1}
    uncounted = {"padding": 1, "count_padding": False}
    yield "average_pool2d not counting", {"x": x, "size": 3, "stride": 2, **uncounted}

    yield "resize_bilinear larger", {"x": x, "height": 9, "width": 16}
    yield "resize_bilinear smaller", {"x": x[:1], "height": 4, "width": 5}
