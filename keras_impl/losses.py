"""Loss functions (section 4.2)."""

import keras
from keras import ops

DELTA = 1e-7  # keeps the log away from log(0) = -inf (section 4.2.2)


def sum_squares_error(y, t):
    """Return one half of the sum of squares of y - t, over all elements.

    y: tensor, the network's output. t: tensor of y's shape, the labels (one-hot). Returns a scalar.
    Raises ValueError if the shapes differ: broadcasting (N, 1) against (N,) would silently sum
    N x N residuals.
    Source: section 4.2.1.

    >>> y = ops.array([0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0], dtype="float64")
    >>> t = ops.array([0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
    >>> round(float(sum_squares_error(y, t)), 12)
    0.0975
    """
    y, t = ops.convert_to_tensor(y), ops.convert_to_tensor(t)
    if y.shape != t.shape:
        raise ValueError(f"t must have the shape of y, {tuple(y.shape)} (got {tuple(t.shape)})")
    return ops.multiply(0.5, ops.sum(ops.square(ops.subtract(y, t))))


def cross_entropy_error(y, t):
    """Return the cross-entropy -sum(t * log(y + 1e-7)) of a sample, averaged over the batch.

    y: (K,) or (N, K), probabilities. t: one-hot of y's shape, or integer labels of shape () for
    one sample and (N,) for a batch. Returns a scalar.
    Raises ValueError if t has neither shape, or a label lies outside 0..K-1.
    Source: sections 4.2.2 and 4.2.4.

    >>> y = ops.array([0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0], dtype="float64")
    >>> t = ops.array([0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
    >>> round(float(cross_entropy_error(y, t)), 12)
    0.510825457099
    >>> round(float(cross_entropy_error(y, ops.array(2))), 12)
    0.510825457099
    """
    y, t = ops.convert_to_tensor(y), ops.convert_to_tensor(t)
    if len(y.shape) == 1:
        y, t = ops.expand_dims(y, 0), ops.expand_dims(t, 0)
    batch_size = y.shape[0]
    log_y = ops.log(ops.add(y, DELTA))
    if t.shape == y.shape:
        return -ops.sum(ops.multiply(t, log_y)) / batch_size
    check_labels(t, batch_size, num_classes=y.shape[1])
    columns = ops.expand_dims(ops.cast(t, "int64"), 1)
    return -ops.sum(ops.take_along_axis(log_y, columns, axis=1)) / batch_size


def check_labels(t, batch_size, num_classes):
    """Raise ValueError unless t is (batch_size,) integer labels in 0..num_classes-1.

    TensorFlow would take some labels outside for others, and drop the rest, without a word. While
    a `tf.function` is traced there are no values yet: `train` has its labels checked beforehand.

    >>> check_labels(ops.array([3, 10]), batch_size=2, num_classes=10)
    Traceback (most recent call last):
      ...
    ValueError: labels must lie in 0..9 (got 10 at index 1)
    """
    if tuple(t.shape) != (batch_size,):
        raise ValueError(
            f"t must be one-hot of shape ({batch_size}, {num_classes}) or labels of shape "
            f"({batch_size},) (got shape {tuple(t.shape)})"
        )
    dtype = keras.backend.standardize_dtype(t.dtype)
    if not keras.backend.is_int_dtype(dtype):
        raise ValueError(f"labels must be integers (got {dtype})")
    if _is_traced():
        return
    labels = ops.convert_to_numpy(t)
    outside = (labels < 0) | (labels >= num_classes)
    if outside.any():
        index = int(outside.argmax())
        raise ValueError(
            f"labels must lie in 0..{num_classes - 1} (got {labels[index]} at index {index})"
        )


def _is_traced():
    """Whether a `tf.function` is being traced, in which tensors have no values yet."""
    if keras.config.backend() != "tensorflow":
        return False
    import tensorflow as tf

    return not tf.executing_eagerly()
