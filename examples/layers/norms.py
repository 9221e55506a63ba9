"""Normalisation layers in NumPy."""

import numpy as np


def layer_norm(x, weight, bias, eps=1e-5):
    """x (..., d), weight and bias (d,): normalised over the last axis."""
    mean = x.mean(axis=-1, keepdims=True)
    var = x.var(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(var + eps) * weight + bias


def rms_norm(x, weight, eps=1e-6):
    """x (..., d), weight (d,): divided by the root mean square of the last axis."""
    return x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + eps) * weight


def group_norm(x, groups, weight, bias, eps=1e-5):
    """x (n, c, h, w), weight and bias (c,): normalised over each group of c / groups channels."""
    n, c, h, w = x.shape
    grouped = x.reshape(n, groups, c // groups, h, w)
    mean = grouped.mean(axis=(2, 3, 4), keepdims=True)
    var = grouped.var(axis=(2, 3, 4), keepdims=True)
    normed = ((grouped - mean) / np.sqrt(var + eps)).reshape(n, c, h, w)
    return normed * weight[:, None, None] + bias[:, None, None]


def batch_norm_train(x, weight, bias, running_mean, running_var, momentum=0.1, eps=1e-5):
    """x (n, c, h, w), the others (c,): returns the output and both running statistics, updated.

    The batch is divided by its biased variance; the running one keeps the unbiased.
    """
    count = x.size // x.shape[1]
    mean = x.mean(axis=(0, 2, 3))
    var = x.var(axis=(0, 2, 3))
    running_mean = (1 - momentum) * running_mean + momentum * mean
    running_var = (1 - momentum) * running_var + momentum * var * count / (count - 1)
    return batch_norm_eval(x, weight, bias, mean, var, eps), running_mean, running_var


def batch_norm_eval(x, weight, bias, running_mean, running_var, eps=1e-5):
    """x (n, c, h, w), the others (c,): normalised by statistics that are given."""
    scale = weight / np.sqrt(running_var + eps)
    return (x - running_mean[:, None, None]) * scale[:, None, None] + bias[:, None, None]


def cases():
    rng = np.random.default_rng(0)
    x = rng.normal(1.0, 2.0, (3, 4, 6))
    scale, shift = rng.uniform(0.5, 2.0, 6), rng.normal(size=6)
    yield "layer_norm of rows", {"x": x[0], "weight": scale, "bias": shift}
    yield "layer_norm of sequences", {"x": x, "weight": scale, "bias": shift, "eps": 1e-3}
    yield "layer_norm small", {"x": 1e-3 * x[0], "weight": scale, "bias": shift}
    yield "rms_norm of rows", {"x": x[0], "weight": scale}
    yield "rms_norm of sequences", {"x": x, "weight": scale, "eps": 1e-2}
    yield "rms_norm small", {"x": 1e-3 * x[0], "weight": scale}

    images = rng.normal(1.0, 2.0, (2, 6, 3, 4))
    affine = {"weight": scale, "bias": shift}
    yield "group_norm of two", {"x": images, "groups": 2, **affine}
    yield "group_norm of three", {"x": 0.01 * images, "groups": 3, **affine}
    yield "group_norm of one", {"x": images[:1], "groups": 1, **affine, "eps": 1e-3}

    running = {"running_mean": rng.normal(size=6), "running_var": rng.uniform(0.5, 2.0, 6)}
    yield "batch_norm_train", {"x": images, **affine, **running}
    yield "batch_norm_train fast", {"x": 0.01 * images, **affine, **running, "momentum": 0.4}
    yield "batch_norm_eval", {"x": images, **affine, **running}
    yield "batch_norm_eval of one", {"x": images[:1], **affine, **running, "eps": 1e-3}
