"""Activation functions in NumPy."""

import math

import numpy as np

_erf = np.vectorize(math.erf, otypes=[float])


def gelu(x):
    """x of any shape: x Φ(x), by the error function."""
    return 0.5 * x * (1 + _erf(x / np.sqrt(2)))


def gelu_tanh(x):
    """x of any shape: GELU by its approximation with tanh."""
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def silu(x):
    """x of any shape: x sigmoid(x)."""
    return x / (1 + np.exp(-x))


def softplus(x):
    """x of any shape: log(1 + exp(x)), for large x too."""
    return np.logaddexp(0, x)


def elu(x, alpha=1.0):
    """x of any shape: x above 0, alpha (exp(x) - 1) below."""
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def hard_swish(x):
    """x of any shape: x clip(x + 3, 0, 6) / 6."""
    return x * np.clip(x + 3, 0, 6) / 6


def log_softmax(x, axis=-1):
    """x of any shape: log of the softmax along an axis."""
    shifted = x - x.max(axis=axis, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


def cases():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(3, 5))
    for name in ("gelu", "gelu_tanh", "silu", "softplus", "elu", "hard_swish"):
        yield f"{name} of a matrix", {"x": x}
        yield f"{name} of large numbers", {"x": 30 * x[0]}
        yield f"{name} of the middle", {"x": np.linspace(-4.1, 4.3, 12)}
    yield "elu steeper", {"x": x, "alpha": 0.5}
    yield "log_softmax of rows", {"x": x}
    yield "log_softmax of columns", {"x": x, "axis": 0}
    yield "log_softmax of large numbers", {"x": 500 * x[:2]}
