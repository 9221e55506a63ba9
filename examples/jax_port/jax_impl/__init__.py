"""The twin of `reference` in JAX: the same files, names and signatures.

The conventions are those of `reference`. What is JAX's own:

- Arrays are immutable: an update makes new ones, and `params` is rebound. `SimpleNet.W` alone is a
  `Variable`, since section 4.4.2 changes it behind the network's back.
- JAX makes float64 into float32 unless `jax_enable_x64` is set; set it before anything else.
- `TwoLayerNet.gradient` is `jax.grad`'s.
- A seed makes a `jax.random.key`; the draws are not NumPy's.
- XLA flushes numbers below the smallest normal one to 0.
"""

import jax as jax  # the entry point names it: the framework whose arrays this port takes

from jax_impl.activations import sigmoid, softmax
from jax_impl.gradients import (
    forward_diff,
    gradient_descent,
    numerical_diff,
    numerical_gradient,
    partial_diff,
)
from jax_impl.losses import cross_entropy_error, sum_squares_error
from jax_impl.mnist import batch_masks, load_mnist, one_hot, read_mnist
from jax_impl.networks import SimpleNet, TwoLayerNet
from jax_impl.training import train

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
