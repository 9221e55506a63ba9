"""Inputs on which one convention gives other numbers than another, and the other numbers."""

from typing import Any

import numpy as np

from examples.layers import attention, optimizers, recurrent


def small_norm_input() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x (3, 4), so small that its epsilon decides, with a weight of ones and a bias of zeros."""
    return 1e-2 * np.random.default_rng(0).normal(size=(3, 4)), np.ones(4), np.zeros(4)


def cell_inputs(function: str) -> dict[str, np.ndarray]:
    """Inputs and weights of a recurrent cell, by the names of examples/layers/recurrent.py."""
    return next(given for name, given in recurrent.cases() if name.startswith(function))


def reorder(given: dict[str, np.ndarray], order: list[int]) -> dict[str, np.ndarray]:
    """Return weights whose blocks of rows, the gates, stand in another order."""

    def move(rows: np.ndarray) -> np.ndarray:
        blocks = np.split(rows, len(order))
        return np.concatenate([blocks[gate] for gate in order])

    return {
        name: move(value) if name.startswith(("w_", "b_")) else value
        for name, value in given.items()
    }


def gru_reset_before(
    x: np.ndarray, h: np.ndarray, w_ih: np.ndarray, w_hh: np.ndarray, b_ih: np.ndarray
) -> np.ndarray:
    """Return the next h where the reset gate acts before the product; the gates are r z n."""
    x_r, x_z, x_n = np.split(x @ w_ih.T + b_ih, 3, axis=1)
    w_r, w_z, w_n = np.split(w_hh, 3)
    r, z = (1 / (1 + np.exp(-part)) for part in (x_r + h @ w_r.T, x_z + h @ w_z.T))
    return (1 - z) * np.tanh(x_n + (r * h) @ w_n.T) + z * h


def attention_input() -> dict[str, Any]:
    """x, weights and heads; mask (t, t), true on the diagonal, so that no row is all one value."""
    given = next(v for name, v in attention.cases() if name.startswith("multi_head_attention"))
    return given | {"mask": np.eye(given["x"].shape[1], dtype=bool)}


def optimizer_input() -> tuple[np.ndarray, np.ndarray]:
    """p and its gradient, small enough that an epsilon of 1e-3 decides."""
    p, grad = np.random.default_rng(1).normal(size=(2, 5))
    return p, 1e-3 * grad


def adam_eps_hat(p: np.ndarray, grad: np.ndarray, eps: float) -> np.ndarray:
    """Return p after the first step of Adam, eps added to the root that is not corrected."""
    hat = eps / (1 - 0.999) ** 0.5
    return optimizers.adam_step(p, grad, 0 * p, 0 * p, 1, eps=hat)[0]


def rmsprop_eps_under(p: np.ndarray, grad: np.ndarray, rate: float, eps: float) -> np.ndarray:
    """Return p after the first step of RMSprop, lr 0.01, eps under the root."""
    return p - 0.01 * grad / np.sqrt((1 - rate) * grad**2 + eps)


def hinge_of_largest(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the hinge of the largest wrong score alone, or of 0, one for each sample."""
    rows = np.arange(len(labels))
    wrong = scores.copy()
    wrong[rows, labels] = 0
    return np.maximum(0, 1 - scores[rows, labels] + wrong.max(axis=1))
