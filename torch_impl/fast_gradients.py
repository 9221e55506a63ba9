"""The numerical gradient of a large `TwoLayerNet`, in a fraction of the time.

No part of the chapter. Its definition takes two losses of the whole network for each parameter,
minutes for 784-50-10. But one weight touches one unit: W1[i, j] moves the hidden unit j of the
samples whose pixel i is not 0, and nothing else; W2[j, k] and the biases move one unit or one score
of every sample. So the loss of each sample is a function of that one number, and `numerical_diff`
takes all of them at once.
"""

import torch

from .activations import sigmoid, softmax
from .gradients import numerical_diff
from .losses import DELTA

BLACK_BOX = 10_000  # parameters up to which a network is one to `numerical_gradient`


def is_large(params):
    """Return whether a network has more than `BLACK_BOX` parameters.

    params: dict of the tensors W1, b1, W2 and b2.

    >>> is_large({"W1": torch.zeros(784, 50)}), is_large({"W1": torch.zeros(2, 3)})
    (True, False)
    """
    return sum(W.numel() for W in params.values()) > BLACK_BOX


@torch.no_grad()
def numerical_gradient_by_unit(params, x, t):
    """Return what `TwoLayerNet.numerical_gradient` defines, for the loss of these parameters.

    params: dict of W1 (D, H), b1 (H,), W2 (H, K) and b2 (K,), floating point, left as they were.
    x: (N, D), floating point. t: one-hot (N, K) or integer labels (N,) in 0..K-1. Returns a dict of
    gradients, of the shapes and dtypes of params. They equal the definition but for rounding, of
    which they have less: what does not move is not subtracted.

    >>> from torch_impl import TwoLayerNet
    >>> net = TwoLayerNet(6, 5, 3, weight_init_std=1.0, seed=0)
    >>> net.params = {key: p.double() for key, p in net.params.items()}
    >>> x, t = torch.linspace(-1, 1, 42).double().reshape(7, 6), torch.arange(7) % 3
    >>> plain, fast = net.numerical_gradient(x, t), numerical_gradient_by_unit(net.params, x, t)
    >>> all(torch.allclose(fast[key], plain[key], atol=1e-10) for key in plain)
    True
    """
    W1, b1, W2, b2 = (params[key] for key in ("W1", "b1", "W2", "b2"))
    x = x.to(W1.dtype)
    t = t if t.ndim == 2 else torch.nn.functional.one_hot(t.long(), W2.shape[1])
    a1 = x @ W1 + b1
    z1 = sigmoid(a1)
    a2 = z1 @ W2 + b2

    def losses(rows, moved):
        """Return the loss of each of these samples, its scores moved by so much, over N."""
        y = softmax(a2[rows] + moved)
        return -torch.sum(t[rows] * torch.log(y + DELTA), dim=-1) / x.shape[0]

    def by_score(direction):
        """Return the slope of each sample's loss as its scores move that way."""
        return numerical_diff(lambda step: losses(every, step * direction), 0.0)

    def by_unit(rows, j, direction):
        """Return the same for these samples, as the input of their unit j moves that way."""

        def moved(step):
            z = sigmoid(a1[rows, j] + step * direction) - z1[rows, j]
            return losses(rows, z[:, None] * W2[j])

        return numerical_diff(moved, 0.0)

    every, one = torch.arange(x.shape[0], device=x.device), x.new_ones(x.shape[0])
    rows, pixels = torch.nonzero(x, as_tuple=True)
    each_score = torch.eye(W2.shape[1], dtype=W2.dtype, device=x.device)[:, None]  # (K, 1, K)
    grads = {key: torch.zeros_like(W) for key, W in params.items()}
    grads["b2"][:] = torch.sum(by_score(each_score), dim=1)
    for j in range(W2.shape[0]):
        slopes = by_unit(rows, j, x[rows, pixels])
        grads["W1"][:, j] = torch.bincount(pixels, slopes, minlength=x.shape[1])
        grads["b1"][j] = torch.sum(by_unit(every, j, one))
        grads["W2"][j] = torch.sum(by_score(z1[:, j, None] * each_score), dim=1)
    return grads
