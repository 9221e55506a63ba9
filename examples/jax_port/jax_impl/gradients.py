"""Numerical differentiation, gradients and gradient descent (sections 4.3 and 4.4)."""

import jax.numpy as jnp
import numpy as np

H = 1e-4  # the chapter's step: small, yet far from the rounding error of f (section 4.3.1)


def numerical_diff(f, x):
    """Central difference (f(x + h) - f(x - h)) / (2 h) with h = 1e-4 (section 4.3.1)."""
    return (f(x + H) - f(x - H)) / (2 * H)


def forward_diff(f, x, h=10e-50):
    """Forward difference (f(x + h) - f(x)) / h: the chapter's example of how not to do it."""
    return (f(x + h) - f(x)) / h


def partial_diff(f, x, idx):
    """Partial derivative of f with respect to x[idx], every other entry held constant."""
    x = jnp.asarray(x)
    return numerical_diff(lambda value: f(x.at[idx].set(value)), x[idx])


def numerical_gradient(f, x):
    """Gradient of f at x by central differences with h = 1e-4, one entry at a time.

    f: function of an array of x's shape, returning a scalar. x: float array, or a `Variable`: that
    is passed to f itself, one entry changed, and left as it was, even if f raises. Returns an array
    of x's shape and dtype. Raises TypeError if x is not floating point.
    Source: section 4.4.
    """
    if not jnp.issubdtype(x.dtype, jnp.floating):
        raise TypeError(
            f"x must be an array of floating point numbers (got {x.dtype}): "
            f"an integer array cannot hold x + {H}"
        )
    assign = getattr(x, "assign", None)
    values = np.array(x)

    def f_at(idx, value):
        moved = values.copy()
        moved[idx] = value
        if assign is None:
            return f(jnp.asarray(moved))
        assign(jnp.asarray(moved))
        return f(x)

    grad = np.zeros_like(values)
    try:
        for idx in np.ndindex(values.shape):
            fxh1 = f_at(idx, values[idx] + H)
            fxh2 = f_at(idx, values[idx] - H)
            grad[idx] = (fxh1 - fxh2) / (2 * H)
    finally:
        if assign is not None:
            assign(jnp.asarray(values))
    return jnp.asarray(grad)


def gradient_descent(f, init_x, lr=0.01, step_num=100, return_path=False):
    """Minimise f from init_x by step_num steps x <- x - lr * numerical_gradient(f, x).

    Returns the last x; with return_path, the pair (x, path) with path of shape
    (step_num + 1, *init_x.shape), init_x first.
    Source: section 4.4.1.
    """
    x = jnp.asarray(np.array(init_x))
    path = [x]
    for _ in range(step_num):
        x = x - lr * numerical_gradient(f, x)
        path.append(x)
    return (x, jnp.stack(path)) if return_path else x
