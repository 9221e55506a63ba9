"""The twin of `reference` in native PyTorch: the same files, names and signatures.

The conventions are those of `reference`. What is torch's own:

- Arrays are tensors; mixed dtypes in a network follow its parameters.
- Parameters are created in ``torch.get_default_dtype()``.
- `TwoLayerNet.gradient` is autograd's.
- A seed seeds a `torch.Generator`, none means torch's global one: the draws are reproducible, but
  they are not NumPy's.
- A float32 sigmoid below the smallest normal number, 1.2e-38, may come out as 0.
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
