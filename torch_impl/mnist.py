"""MNIST, one-hot labels and mini-batches (sections 4.2.3 and 4.5.2)."""

import torch
from torch.nn import functional

# One parser of files for all twins: bytes become NumPy arrays there, and tensors here.
from trueport.reference.mnist import (
    Mnist,
    check_digits,
    download,
    embedded_digits,
    idx_md5,
    keras_cache,
    parse_idx,
    read_idx_folder,
    read_mnist,
    read_npz,
    read_path,
)

from .losses import check_labels
from .networks import random_state

__all__ = [
    "Mnist",
    "batch_masks",
    "check_digits",
    "download",
    "embedded_digits",
    "idx_md5",
    "keras_cache",
    "load_mnist",
    "one_hot",
    "parse_idx",
    "read_idx_folder",
    "read_mnist",
    "read_npz",
    "read_path",
]


def load_mnist(normalize=True, flatten=True, one_hot_label=False, source=None):
    """Return the digits as the chapter uses them: ((x_train, t_train), (x_test, t_test)), tensors.

    normalize: pixels as float32 in 0..1 instead of uint8 in 0..255. flatten: images (N, 784)
    instead of (N, 1, 28, 28). one_hot_label: labels (N, 10) float32 instead of (N,) int64.
    source: see `read_mnist`. Raises what it raises.
    Source: section 4.2.3.

    >>> (x_train, t_train), (x_test, t_test) = load_mnist(one_hot_label=True, source="embedded")
    >>> [tuple(array.shape) for array in (x_train, t_train, x_test, t_test)]
    [(4000, 784), (4000, 10), (1000, 784), (1000, 10)]
    """
    mnist = read_mnist(source)

    def images(x):
        x = torch.tensor(x).reshape((-1, 784) if flatten else (-1, 1, 28, 28))
        return x.to(torch.float32).div_(255) if normalize else x  # in place: 188 MB, once

    def labels(t):
        t = torch.tensor(t).to(torch.int64)
        return one_hot(t).to(torch.float32) if one_hot_label else t

    return (
        (images(mnist.x_train), labels(mnist.t_train)),
        (images(mnist.x_test), labels(mnist.t_test)),
    )


def one_hot(t, num_classes=10):
    """Return labels as rows of zeros with a one at the label, always num_classes columns.

    t: (N,) integers in 0..num_classes-1. Returns (N, num_classes) float64. Raises ValueError for
    any other label.
    Source: section 4.2.3.

    >>> one_hot(torch.tensor([1, 0]), num_classes=3).tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
    """
    check_labels(t, t.numel(), num_classes)
    return functional.one_hot(t.to(torch.int64), num_classes).to(torch.float64)


def batch_masks(train_size, batch_size, iters_num, seed=None):
    """Draw the rows of iters_num mini-batches, with replacement, as the chapter does.

    train_size: number of rows to draw from. batch_size: rows in a batch, at most train_size.
    iters_num: number of batches. seed: of the draw, which is not NumPy's; None draws from torch's
    global generator. Returns (iters_num, batch_size) int64 in 0..train_size-1.
    Raises ValueError if batch_size exceeds train_size or a number is not positive.
    Source: section 4.5.2.

    >>> masks = batch_masks(60000, 3, 2, seed=0)
    >>> tuple(masks.shape), masks.dtype, masks.equal(batch_masks(60000, 3, 2, seed=0))
    ((2, 3), torch.int64, True)
    """
    for name, number in (("batch_size", batch_size), ("iters_num", iters_num)):
        if number < 1:
            raise ValueError(f"{name} must be at least 1 (got {number})")
    if batch_size > train_size:
        raise ValueError(f"batch_size must be at most train_size = {train_size} (got {batch_size})")
    return torch.randint(train_size, (iters_num, batch_size), generator=random_state(seed))
