"""Loss functions (section 4.2)."""

import jax
import jax.numpy as jnp

DELTA = 1e-7  # keeps the log away from log(0) = -inf (section 4.2.2)


def sum_squares_error(y, t):
    """One half of the sum of squares of y - t, over all elements (section 4.2.1).

    Raises ValueError if the shapes differ.
    """
    if y.shape != t.shape:
        raise ValueError(f"t must have the shape of y, {y.shape} (got {t.shape})")
    return 0.5 * jnp.sum((y - t) ** 2)


def cross_entropy_error(y, t):
    """Cross-entropy -sum(t * log(y + 1e-7)) of each sample, averaged over the batch.

    y: (K,) or (N, K), probabilities. t: one-hot of y's shape, or integer labels () or (N,).
    Raises ValueError if t has neither shape, or a label lies outside 0..K-1.
    Source: sections 4.2.2 and 4.2.4.
    """
    if y.ndim == 1:
        y, t = jnp.reshape(y, (1, -1)), jnp.reshape(t, (1, *t.shape))
    batch_size = y.shape[0]
    if t.shape == y.shape:
        return -jnp.sum(t * jnp.log(y + DELTA)) / batch_size
    check_labels(t, batch_size, num_classes=y.shape[1])
    return -jnp.sum(jnp.log(y[jnp.arange(batch_size), t] + DELTA)) / batch_size


def check_labels(t, batch_size, num_classes):
    """Raise ValueError unless t is (batch_size,) integer labels in 0..num_classes-1.

    JAX would take a label outside for the nearest one. While `jax.jit` traces there are no values.
    """
    if t.shape != (batch_size,):
        raise ValueError(
            f"t must be one-hot of shape ({batch_size}, {num_classes}) or labels of shape "
            f"({batch_size},) (got shape {t.shape})"
        )
    if not jnp.issubdtype(t.dtype, jnp.integer):
        raise ValueError(f"labels must be integers (got {t.dtype})")
    if isinstance(t, jax.core.Tracer):
        return
    outside = (t < 0) | (t >= num_classes)
    if outside.any():
        index = int(jnp.argmax(outside))
        raise ValueError(
            f"labels must lie in 0..{num_classes - 1} (got {t[index]} at index {index})"
        )
