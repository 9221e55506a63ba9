"""Loss functions (section 4.2)."""

import numpy as np

DELTA = 1e-7  # keeps the log away from log(0) = -inf (section 4.2.2)


def sum_squares_error(y, t):
    """Return one half of the sum of squares of y - t, over all elements.

    y: array, the network's output. t: array of y's shape, the labels (one-hot). Returns a scalar.
    Raises ValueError if the shapes differ: broadcasting (N, 1) against (N,) would silently sum
    N x N residuals.
    Source: section 4.2.1.

    >>> y = np.array([0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0])
    >>> t = np.array([0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
    >>> sum_squares_error(y, t).item()
    0.09750000000000003
    """
    if y.shape != t.shape:
        raise ValueError(f"t must have the shape of y, {tuple(y.shape)} (got {tuple(t.shape)})")
    return 0.5 * np.sum((y - t) ** 2)


def cross_entropy_error(y, t):
    """Return the cross-entropy -sum(t * log(y + 1e-7)) of a sample, averaged over the batch.

    y: (K,) or (N, K), probabilities. t: one-hot of y's shape, or integer labels of shape () for
    one sample and (N,) for a batch. Returns a scalar.
    Raises ValueError if t has neither shape, or a label lies outside 0..K-1.
    Source: sections 4.2.2 and 4.2.4.

    >>> y = np.array([0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0])
    >>> t = np.array([0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
    >>> cross_entropy_error(y, t).item()
    0.510825457099338
    >>> cross_entropy_error(y, np.array(2)).item()
    0.510825457099338
    """
    if y.ndim == 1:
        y, t = y.reshape(1, y.size), t.reshape(1, *t.shape)
    batch_size = y.shape[0]
    if t.shape == y.shape:
        return -np.sum(t * np.log(y + DELTA)) / batch_size
    check_labels(t, batch_size, num_classes=y.shape[1])
    return -np.sum(np.log(y[np.arange(batch_size), t] + DELTA)) / batch_size


def check_labels(t, batch_size, num_classes):
    """Raise ValueError unless t is (batch_size,) integer labels in 0..num_classes-1.

    NumPy would take label -1 for the last class without a word.

    >>> check_labels(np.array([3, 10]), batch_size=2, num_classes=10)
    Traceback (most recent call last):
      ...
    ValueError: labels must lie in 0..9 (got 10 at index 1)
    """
    if t.shape != (batch_size,):
        raise ValueError(
            f"t must be one-hot of shape ({batch_size}, {num_classes}) or labels of shape "
            f"({batch_size},) (got shape {tuple(t.shape)})"
        )
    if not np.issubdtype(t.dtype, np.integer):
        raise ValueError(f"labels must be integers (got {t.dtype})")
    outside = (t < 0) | (t >= num_classes)
    if outside.any():
        index = int(np.argmax(outside))
        raise ValueError(
            f"labels must lie in 0..{num_classes - 1} (got {t[index]} at index {index})"
        )
