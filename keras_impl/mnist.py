"""MNIST, one-hot labels and mini-batches (sections 4.2.3 and 4.5.2)."""

import warnings

import keras
import pandas as pd
from keras import ops

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
    read_npz,
    read_path,
)
from trueport.reference.mnist import read_mnist as read_source

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
        x = ops.reshape(x, (-1, 784) if flatten else (-1, 1, 28, 28))
        return ops.cast(x, "float32") / 255 if normalize else x

    def labels(t):
        return ops.cast(one_hot(t), "float32") if one_hot_label else ops.cast(t, "int64")

    return (
        (images(mnist.x_train), labels(mnist.t_train)),
        (images(mnist.x_test), labels(mnist.t_test)),
    )


def one_hot(t, num_classes=10):
    """Return labels as rows of zeros with a one at the label, always num_classes columns.

    Pandas makes a column for each class that it sees, and fills it with booleans: so the classes
    are named beforehand, and the columns asked for as numbers.

    t: (N,) integers in 0..num_classes-1. Returns (N, num_classes) float64. Raises ValueError for
    any other label.
    Source: section 4.2.3.

    >>> one_hot(ops.array([1, 0]), num_classes=3).numpy().tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
    """
    check_labels(t, t.shape[0], num_classes)  # pandas would make a row of zeros of label 10
    labels = pd.Categorical(ops.convert_to_numpy(t), categories=range(num_classes))
    return ops.convert_to_tensor(pd.get_dummies(labels, dtype="float64").to_numpy())


def batch_masks(train_size, batch_size, iters_num, seed=None):
    """Draw the rows of iters_num mini-batches, with replacement, as the chapter does.

    train_size: number of rows to draw from. batch_size: rows in a batch, at most train_size.
    iters_num: number of batches. seed: of the draw, which is not NumPy's; None draws from Keras's
    global generator. Returns (iters_num, batch_size) int64 in 0..train_size-1.
    Raises ValueError if batch_size exceeds train_size or a number is not positive.
    Source: section 4.5.2.

    >>> masks, again = (batch_masks(60000, 3, 2, seed=0) for _ in range(2))
    >>> tuple(masks.shape), masks.dtype.name, bool(ops.all(masks == again))
    ((2, 3), 'int64', True)
    """
    for name, number in (("batch_size", batch_size), ("iters_num", iters_num)):
        if number < 1:
            raise ValueError(f"{name} must be at least 1 (got {number})")
    if batch_size > train_size:
        raise ValueError(f"batch_size must be at most train_size = {train_size} (got {batch_size})")
    shape, rng = (iters_num, batch_size), random_state(seed)
    return keras.random.randint(shape, 0, train_size, dtype="int64", seed=rng)


def read_mnist(source=None):
    """Return the raw digits of the first source that has them, as NumPy arrays.

    source: None for Keras's cached copy, else `keras.datasets.mnist`, else the embedded digits
    with a warning; anything else as `reference.read_mnist` takes it. 60,000 and 10,000 images claim
    to be MNIST and are held against its md5s.
    Raises FileNotFoundError for a source that is not there, ValueError for content that is
    truncated, malformed or not what it claims to be.

    >>> read_mnist("embedded").source
    'the 5,000 embedded MNIST digits, split 4,000/1,000 with seed 0'
    """
    # A copy in the cache is read here: Keras deletes one whose zip container is not its own, if
    # the download that shall replace it fails.
    if source is not None or keras_cache().exists():
        return read_source(source)
    try:
        (x_train, t_train), (x_test, t_test) = keras.datasets.mnist.load_data()
    except Exception as error:  # noqa: BLE001  # Keras raises no narrower one for a failed download
        keras_cache().unlink(missing_ok=True)  # or half a download would be read the next time
        warnings.warn(
            f"MNIST could not be downloaded ({error}); using the embedded 5,000 digits",
            stacklevel=2,
        )
        return embedded_digits()
    arrays = [x_train, t_train, x_test, t_test]  # changed in place: checked, and uint8
    verified = check_digits(arrays, "keras.datasets.mnist")
    kind = "MNIST, md5 verified" if verified else "not the whole of MNIST"
    x_train, t_train, x_test, t_test = arrays
    return Mnist(x_train, t_train, x_test, t_test, f"keras.datasets.mnist ({kind})")
