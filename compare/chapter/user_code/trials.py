"""What a function of the chapter gives for a few inputs, and whether another gives the same."""

from collections.abc import Callable
from typing import Any

import numpy as np

from trueport import reference

from ...ports.frameworks import to_numpy
from ...ports.user_code.view import TargetView
from .scores import CLOSE, TRIAL_CLASSES, draw_trial

Inputs = tuple[Any, ...]


def make_losses_inputs() -> Inputs:
    """Return probabilities and one-hot labels."""
    y, t = draw_trial(TRIAL_CLASSES[0])
    return y, np.eye(TRIAL_CLASSES[0])[t]


def add_squares(x: Any) -> Any:
    """Return the sum of squares, of any framework's array."""
    return (x**2).sum()


TRIALS: dict[str, Callable[[], Inputs]] = {
    "sigmoid": lambda: draw_trial(TRIAL_CLASSES[0])[:1],
    "softmax": lambda: draw_trial(TRIAL_CLASSES[0])[:1],
    "sum_squares_error": make_losses_inputs,
    "cross_entropy_error": make_losses_inputs,
    "one_hot": lambda: (np.array([3, 7, 9]),),
    "numerical_gradient": lambda: (add_squares, np.array([3.0, 4.0])),
    "gradient_descent": lambda: (add_squares, np.array([-3.0, 4.0]), 0.1, 20),
}


def is_right_on_trial(function: Callable[..., Any], wanted: str, view: TargetView) -> bool:
    """Whether a function gives what the reference gives for the inputs of its trial, or nearly."""
    if wanted not in TRIALS:
        return False
    want = np.asarray(getattr(reference, wanted)(*TRIALS[wanted]()))
    try:
        got = to_numpy(function(*(convert(value, view) for value in TRIALS[wanted]())))
    # what fails may be another thing, or made for columns
    except Exception:  # noqa: BLE001  # a user's code may raise anything
        return False
    return got.shape == want.shape and np.allclose(got, want, rtol=CLOSE)


def convert(value: Any, view: TargetView) -> Any:
    """Return an input of a trial as the port's own."""
    if not isinstance(value, np.ndarray):
        return value
    return view.array(value.astype(view.dtype) if value.dtype.kind == "f" else value)
