"""A loss that takes one number of classes alone: the chapter's ten, written into it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ...ports.user_code.view import TargetView
from ...suite.case import Case
from .arguments import CLASSES
from .scores import LOSS, TRIAL_CLASSES, draw_trial


def takes_ten_classes_alone(function: Callable[[Any, Any], Any], view: TargetView) -> bool:
    """Whether a loss refuses labels of every kind, but of ten classes."""
    return [is_taken(function, view, classes) for classes in TRIAL_CLASSES] == [False, True]


def is_taken(function: Callable[[Any, Any], Any], view: TargetView, classes: int) -> bool:
    """Whether a loss gives one number for some kind of labels of so many classes."""
    y, t = draw_trial(classes)
    for labels in (np.eye(classes, dtype=view.dtype)[t], t):
        try:
            value = function(view.array(y.astype(view.dtype)), view.array(labels))
            if np.size(value) == 1:
                return True
        # the other kind of labels may be the right one
        except Exception:  # noqa: BLE001  # a user's code may raise anything
            continue
    return False


def has_ten_classes(case: Case) -> bool:
    """Whether a case of the loss has ten classes, or is none of the loss."""
    y = case.inputs.get("y")
    if case.component not in (LOSS, "label out of range") or not isinstance(y, np.ndarray):
        return True
    return bool(y.shape[-1] == CLASSES)
