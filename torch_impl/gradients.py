"""Numerical differentiation, gradients and gradient descent (sections 4.3 and 4.4)."""

from itertools import product

import torch

H = 1e-4  # the chapter's step: small, yet far from the rounding error of f (section 4.3.1)


def numerical_diff(f, x):
    """Return the central difference (f(x + h) - f(x - h)) / (2 h) with h = 1e-4.

    f: function of a scalar or tensor, elementwise. x: scalar or tensor. Returns f'(x), of the
    shape of f(x). The truncation error is O(h^2), the rounding error about u |f| / h.
    Source: section 4.3.1.

    >>> numerical_diff(lambda x: 0.01 * x**2 + 0.1 * x, 5)
    0.1999999999990898
    """
    return (f(x + H) - f(x - H)) / (2 * H)


def forward_diff(f, x, h=10e-50):
    """Return the forward difference (f(x + h) - f(x)) / h, the chapter's way not to do it.

    With its h = 10e-50 the sum x + h is x again, and every derivative is exactly 0; in float32 the
    number 1e-50 is itself 0. With a sensible h the truncation error is still O(h), not O(h^2).

    f: function of a scalar or tensor. x: scalar or tensor. h: step, 10e-50 as the chapter's wrong
    example has it. Returns an approximation of f'(x).
    Source: section 4.3.1.

    >>> forward_diff(lambda x: 0.01 * x**2 + 0.1 * x, 5)
    0.0
    >>> torch.tensor(1e-50, dtype=torch.float32).item()
    0.0
    """
    return (f(x + h) - f(x)) / h


def partial_diff(f, x, idx):
    """Return the partial derivative of f with respect to x[idx], the other entries constant.

    f: function of a tensor. x: float tensor, left as it was. idx: index of one entry.
    Returns a scalar: the `numerical_diff` of f as a function of that entry alone.
    Source: section 4.3.3.

    >>> x = torch.tensor([3.0, 4.0], dtype=torch.float64)
    >>> round(partial_diff(lambda x: x[0] ** 2 + x[1] ** 2, x, 0).item(), 9)
    6.0
    """

    def function_tmp(value):
        x_tmp = x.clone()
        x_tmp[idx] = value
        return f(x_tmp)

    return numerical_diff(function_tmp, x[idx])


def numerical_gradient(f, x):
    """Return the gradient of f at x by central differences with h = 1e-4, one entry at a time.

    f: function of a tensor of x's shape, returning a scalar. It is called with x itself, one entry
    changed, so that a function which ignores its argument and reads a network's weights
    (``lambda W: net.loss(x, t)``, as in section 4.4.2) sees the change too. x: float tensor of any
    shape, left as it was, bit for bit, even if f raises. Returns a tensor of x's shape and dtype.
    Raises TypeError if x is not floating point: in an integer tensor x + h is x again, and the
    chapter's code gives [25000 35000] for the gradient [6, 8].
    Source: section 4.4.

    >>> x = torch.tensor([3.0, 4.0], dtype=torch.float64)
    >>> numerical_gradient(lambda x: x[0] ** 2 + x[1] ** 2, x).round(decimals=6).tolist()
    [6.0, 8.0]
    """
    if not x.is_floating_point():
        raise TypeError(
            f"x must be a tensor of floating point numbers (got {x.dtype}): "
            f"an integer tensor cannot hold x + {H}"
        )
    with torch.no_grad():  # x may be a leaf that requires its gradient
        grad = torch.zeros_like(x)
        for idx in product(*map(range, x.shape)):
            tmp_val = x[idx].clone()  # x[idx] alone is a view, and would change with x
            try:
                x[idx] = tmp_val + H
                fxh1 = f(x)
                x[idx] = tmp_val - H
                fxh2 = f(x)
            finally:
                x[idx] = tmp_val
            grad[idx] = (fxh1 - fxh2) / (2 * H)
    return grad


def gradient_descent(f, init_x, lr=0.01, step_num=100, return_path=False):
    """Minimise f from init_x by step_num steps x <- x - lr * numerical_gradient(f, x).

    f: function of a tensor, returning a scalar. init_x: float tensor, left as it was (the
    chapter's code changes it). lr: learning rate. step_num: number of steps. Returns the last x;
    with return_path, the pair (x, path) with path of shape (step_num + 1, *init_x.shape), init_x
    first.
    Source: section 4.4.1.

    >>> f = lambda x: x[0] ** 2 + x[1] ** 2
    >>> x = gradient_descent(f, torch.tensor([-3.0, 4.0], dtype=torch.float64), lr=0.1)
    >>> [f"{value:.5e}" for value in x.tolist()]
    ['-6.11111e-10', '8.14814e-10']
    """
    x = init_x.detach().clone()
    path = [x.clone()]
    for _ in range(step_num):
        x -= lr * numerical_gradient(f, x)
        path.append(x.clone())
    return (x, torch.stack(path)) if return_path else x
