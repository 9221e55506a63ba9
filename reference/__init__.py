"""The ground truth: chapter 4 of *Deep Learning from Scratch*, in NumPy alone.

Conventions, the same in `reference`, `torch_impl` and `keras_impl`:

- Shapes: one sample is ``(K,)``, a batch ``(N, K)``; weights are ``(in, out)``, so a layer is
  ``x @ W + b``.
- Dtypes: what comes in goes out. Nothing here casts; float64 in, float64 out.
- The log epsilon is added, not clipped: ``log(y + 1e-7)`` (section 4.2.2).
- Reductions: `sum_squares_error` is one half of the sum over all elements; `cross_entropy_error`
  is the mean over the batch of the sum over classes.
- The gradient of the network is the exact derivative of that loss, epsilon included, so that
  analytic and numerical gradients agree.
- Mini-batches are drawn with replacement; the loss is logged after the update, on the batch just
  used (section 4.5).

Functions do not convert their arguments with ``asarray``: any object that speaks NumPy's array
protocols may stand in for an array, which is how `compare.rounding` runs this very code on arrays
that carry their rounding error.
"""

from .activations import sigmoid, softmax
from .gradients import (
    forward_diff,
    gradient_descent,
    numerical_diff,
    numerical_gradient,
    partial_diff,
)
from .losses import cross_entropy_error, sum_squares_error
from .mnist import batch_masks, load_mnist, one_hot, read_mnist
from .networks import SimpleNet, TwoLayerNet
from .training import train

__all__ = [
    "SimpleNet",
    "TwoLayerNet",
    "batch_masks",
    "cross_entropy_error",
    "forward_diff",
    "gradient_descent",
    "load_mnist",
    "numerical_diff",
    "numerical_gradient",
    "one_hot",
    "partial_diff",
    "read_mnist",
    "sigmoid",
    "softmax",
    "sum_squares_error",
    "train",
]
