"""How a network of a user's own class is called: found out by trial, the same for every size."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...ports.frameworks import to_numpy
from ...ports.user_code.view import TargetView
from .columns import Prediction, agree, find_prediction, turn_inputs, turn_matrix
from .layout import LayerSizes

TRIAL_ROWS = 4


@dataclass(frozen=True)
class Calling:
    """prediction: where it is in what its method returns, and whether samples are columns.

    takes_numbers: whether labels may be numbers, for a network of columns.
    """

    prediction: Prediction
    takes_numbers: bool = True

    @property
    def columns(self) -> bool:
        """Whether samples are columns."""
        return self.prediction.axis == 1

    def make_rows(self, view: TargetView, classes: int) -> Callable[[Any], Any] | None:
        """Return how labels become one-hot rows; None if they may stay numbers."""
        if self.takes_numbers:
            return None
        rows = np.eye(classes, dtype=view.dtype)
        return lambda t: view.array(rows[to_numpy(t)])


BY_ROWS = Calling(Prediction())


def draw_trial_inputs(sizes: LayerSizes, dtype: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return samples, their labels as numbers, and as one-hot rows."""
    x = np.random.RandomState(1).randn(TRIAL_ROWS, sizes[0]).astype(dtype)
    labels = np.arange(TRIAL_ROWS) % sizes[2]
    return x, labels, np.eye(sizes[2], dtype=dtype)[labels]


def find_calling(
    net: Any, methods: dict[str, str], names: list[str], sizes: LayerSizes, view: TargetView
) -> Calling:
    """Find which method gives a number for each class, and how the network is called.

    A `predict` that gives labels stands beside a `forward` that gives probabilities: methods, from
    the contract's names to the user's, then names the other.

    names: of the methods that may be the prediction.
    """
    x, labels, rows = draw_trial_inputs(sizes, view.dtype)
    for name in names:
        found = find_prediction(getattr(net, name), x, sizes[2], view.array)
        if found is not None:
            methods["predict"] = name
            break
    else:
        return BY_ROWS
    if found.axis == 0 or "loss" not in methods:
        return Calling(found)
    loss = turn_inputs(getattr(net, methods["loss"]))
    return Calling(found, agree(loss, view.array(x), view.array(labels), view.array(rows)))


def gives_gradient(
    loss: Callable[[Any, Any], Any], sizes: LayerSizes, view: TargetView, columns: bool
) -> bool:
    """Whether a loss gives the gradient too, as (loss, gradients)."""
    x, labels, rows = draw_trial_inputs(sizes, view.dtype)
    for t in (rows, labels):
        given = [view.array(value) for value in (x, t)]
        try:
            found = loss(*(map(turn_matrix, given) if columns else given))
        # labels of the other kind may be the right ones
        except Exception:  # noqa: BLE001  # a user's code may raise anything
            continue
        return is_pair(found)
    return False


def is_pair(found: Any) -> bool:
    """Whether what a loss returned is (loss, gradients)."""
    return isinstance(found, tuple | list) and len(found) == 2 and isinstance(found[1], dict)
