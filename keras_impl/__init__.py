"""The twin of `reference` in native Keras 3: the same files, names and signatures.

The conventions are those of `reference`. What is Keras's own:

- It runs on TensorFlow unless `KERAS_BACKEND` says torch or jax before Keras is first imported.
- Arrays are the backend's tensors; NumPy arrays are taken too. Keras promotes mixed dtypes.
- Parameters are `keras.Variable` of ``keras.config.floatx()``; write with ``.assign(value)``.
- `TwoLayerNet.gradient` is the backend's own: Keras has no derivative that is common to all.
- A seed seeds a `keras.random.SeedGenerator`, none means Keras's global one (see
  `keras.utils.set_random_seed`): the draws are reproducible, but they are not NumPy's.
- TensorFlow flushes numbers below the smallest normal one to 0.
"""

import os

# Both are read when keras and tensorflow are first imported, so they come before everything else.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # not a word about CUDA on machines without it

import keras

if keras.config.backend() not in ("tensorflow", "torch", "jax"):
    raise ImportError(
        "keras_impl must run on tensorflow, torch or jax, which have gradients (got "
        f"{keras.config.backend()}): set KERAS_BACKEND before importing keras"
    )

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
