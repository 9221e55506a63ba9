"""MNIST, one-hot labels and mini-batches (sections 4.2.3 and 4.5.2)."""

import jax
import jax.numpy as jnp

from jax_impl.losses import check_labels
from jax_impl.networks import random_state

# One parser of files for all twins: bytes become NumPy arrays there, and JAX's here.
from trueport.reference.mnist import read_mnist

__all__ = ["batch_masks", "load_mnist", "one_hot", "read_mnist"]


def load_mnist(normalize=True, flatten=True, one_hot_label=False, source=None):
    """The digits as the chapter uses them: ((x_train, t_train), (x_test, t_test)).

    normalize: pixels as float32 in 0..1 instead of uint8 in 0..255. flatten: images (N, 784)
    instead of (N, 1, 28, 28). one_hot_label: labels (N, 10) float32 instead of (N,) integers.
    source: see `reference.read_mnist`.
    Source: section 4.2.3.
    """
    mnist = read_mnist(source)

    def images(x):
        x = jnp.reshape(jnp.asarray(x), (-1, 784) if flatten else (-1, 1, 28, 28))
        return x.astype(jnp.float32) / 255 if normalize else x

    def labels(t):
        return one_hot(t).astype(jnp.float32) if one_hot_label else jnp.asarray(t, dtype=int)

    return (
        (images(mnist.x_train), labels(mnist.t_train)),
        (images(mnist.x_test), labels(mnist.t_test)),
    )


def one_hot(t, num_classes=10):
    """Labels as rows of zeros with a one at the label, always num_classes columns.

    Raises ValueError for a label that is none of 0..num_classes-1.
    """
    t = jnp.asarray(t)
    check_labels(t, t.shape[0], num_classes)
    return jnp.eye(num_classes)[t]


def batch_masks(train_size, batch_size, iters_num, seed=None):
    """Row numbers for iters_num mini-batches, drawn with replacement as the chapter draws them.

    Returns (iters_num, batch_size) integers in 0..train_size-1.
    Raises ValueError if batch_size exceeds train_size or a number is not positive.
    Source: section 4.5.2.
    """
    for name, number in (("batch_size", batch_size), ("iters_num", iters_num)):
        if number < 1:
            raise ValueError(f"{name} must be at least 1 (got {number})")
    if batch_size > train_size:
        raise ValueError(f"batch_size must be at most train_size = {train_size} (got {batch_size})")
    return jax.random.randint(random_state(seed), (iters_num, batch_size), 0, train_size)
