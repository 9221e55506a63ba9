"""The numerical gradient of a large `TwoLayerNet`, in a fraction of the time.

No part of the chapter. Its definition takes two losses of the whole network for each parameter,
half a minute for 784-50-10. But one weight touches one unit: W1[i, j] moves the hidden unit j of
the samples whose pixel i is not 0, and nothing else; W2[j, k] and the biases move one unit or one
score of every sample. So the loss of each sample is a function of that one number, and
`numerical_diff` takes all of them at once.
"""

import numpy as np

from .activations import sigmoid, softmax
from .gradients import numerical_diff
from .losses import DELTA
from .mnist import one_hot

BLACK_BOX = 10_000  # parameters up to which a network is one to `numerical_gradient`


def is_large(params):
    """Return whether a network has more than `BLACK_BOX` parameters.

    params: dict of the arrays W1, b1, W2 and b2.

    >>> is_large({"W1": np.zeros((784, 50))}), is_large({"W1": np.zeros((2, 3))})
    (True, False)
    """
    return sum(W.size for W in params.values()) > BLACK_BOX


def numerical_gradient_by_unit(params, x, t):
    """Return what `TwoLayerNet.numerical_gradient` defines, for the loss of these parameters.

    params: dict of W1 (D, H), b1 (H,), W2 (H, K) and b2 (K,), floating point, left as they were.
    x: (N, D), floating point. t: one-hot (N, K) or integer labels (N,) in 0..K-1. Returns a dict of
    gradients, of the shapes and dtypes of params. They equal the definition but for rounding, of
    which they have less: what does not move is not subtracted.

    >>> from reference import TwoLayerNet
    >>> net, rng = TwoLayerNet(6, 5, 3, weight_init_std=1.0, seed=0), np.random.RandomState(1)
    >>> x, t = rng.randn(7, 6), rng.randint(3, size=7)
    >>> plain, fast = net.numerical_gradient(x, t), numerical_gradient_by_unit(net.params, x, t)
    >>> all(np.allclose(fast[key], plain[key], atol=1e-10) for key in plain)
    True
    """
    W1, b1, W2, b2 = (params[key] for key in ("W1", "b1", "W2", "b2"))
    t = t if t.ndim == 2 else one_hot(t, W2.shape[1])
    a1 = np.dot(x, W1) + b1
    z1 = sigmoid(a1)
    a2 = np.dot(z1, W2) + b2

    def losses(rows, moved):
        """Return the loss of each of these samples, its scores moved by so much, over N."""
        y = softmax(a2[rows] + moved)
        return -np.sum(t[rows] * np.log(y + DELTA), axis=-1) / x.shape[0]

    def by_score(direction):
        """Return the slope of each sample's loss as its scores move that way."""
        return numerical_diff(lambda step: losses(every, step * direction), 0.0)

    def by_unit(rows, j, direction):
        """Return the same for these samples, as the input of their unit j moves that way."""

        def moved(step):
            z = sigmoid(a1[rows, j] + step * direction) - z1[rows, j]
            return losses(rows, z[:, np.newaxis] * W2[j])

        return numerical_diff(moved, 0.0)

    every, one = np.arange(x.shape[0]), np.ones(x.shape[0], x.dtype)
    rows, pixels = np.nonzero(x)
    each_score = np.eye(W2.shape[1], dtype=W2.dtype)[:, np.newaxis]  # (K, 1, K)
    grads = {key: np.zeros_like(W) for key, W in params.items()}
    grads["b2"][:] = np.sum(by_score(each_score), axis=1)
    for j in range(W2.shape[0]):
        slopes = by_unit(rows, j, x[rows, pixels])
        grads["W1"][:, j] = np.bincount(pixels, slopes, minlength=x.shape[1])
        grads["b1"][j] = np.sum(by_unit(every, j, one))
        grads["W2"][j] = np.sum(by_score(z1[:, j, np.newaxis] * each_score), axis=1)
    return grads
