"""A loss that takes scores where the contract gives probabilities."""

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from trueport import reference

from ...ports.frameworks import to_numpy
from ...ports.user_code.view import TargetView
from ...suite.case import Case
from .spellings import normalise_name

LOSS = "cross_entropy_error"
TRIAL_CLASSES = (5, 10)  # 10: of a function that has the chapter's number written into it
TRIAL_ROWS = 4
CLOSE = 1e-3  # relative, of a trial; the judge decides with its own tolerances


class LossOfScores:
    """loss(y, t) of the user's loss of scores: it is given the logarithms of y, and more.

    To each row another number is added, which changes no softmax of it: so that scores are no
    logarithms of probabilities, and a softmax that was left out shows.

    one_hot: the kind of labels that it takes; None for both.
    classes: the only number of them that it takes, or None.
    """

    def __init__(self, function: Callable[[Any, Any], Any], view: TargetView) -> None:
        self.function, self.view = function, view
        self.one_hot: bool | None = None
        self.classes: int | None = None
        self.ops: Any = importlib.import_module(view.framework.ops)

    def __call__(self, y: Any, t: Any) -> Any:
        """Return the loss of the scores that probabilities y belong to."""
        rows = np.arange(len(y) if len(np.shape(y)) == 2 else 1)
        shift = (0.5 + 0.25 * (rows % 5)).astype(self.view.dtype).reshape(-1, 1)
        shift = shift if len(np.shape(y)) == 2 else shift[0]
        return self.function(self.ops.log(y) + self.view.array(shift), self.convert_labels(y, t))

    def try_labels(self, y: np.ndarray, labels: np.ndarray) -> float:
        """Return what comes of a trial; nan where nothing does."""
        kind = labels.astype(self.view.dtype) if labels.ndim == 2 else labels
        try:
            value = to_numpy(
                self(self.view.array(y.astype(self.view.dtype)), self.view.array(kind))
            )
        # whatever it raises, it does not take these labels
        except Exception:  # noqa: BLE001  # a user's code may raise anything
            return float("nan")
        return float(value) if value.size == 1 else float("nan")

    def convert_labels(self, y: Any, t: Any) -> Any:
        """Return the labels in the kind that the function takes."""
        given = np.shape(t) == np.shape(y)
        if self.one_hot is None or given == self.one_hot:
            return t
        labels = to_numpy(t)
        if given:
            return self.view.array(labels.argmax(axis=-1))
        rows = np.eye(int(np.shape(y)[-1]), dtype=self.view.dtype)
        return self.view.array(rows[labels])

    def describe(self) -> str:
        """Return how it is called, in words."""
        kinds = {None: "labels of both kinds", True: "one-hot labels", False: "labels as numbers"}
        more = f", of {self.classes} classes alone" if self.classes else ""
        return (
            f"given scores, not probabilities, and {kinds[self.one_hot]}{more}: what scores cannot "
            "say, a probability of 0, was not asked"
        )

    def is_asked(self, case: Case) -> bool:
        """Whether a case can be asked: its probabilities are those of scores."""
        y = case.inputs.get("y")
        if case.component not in (LOSS, "label out of range") or not isinstance(y, np.ndarray):
            return True
        proper = np.all(y > 0) and np.allclose(y.sum(axis=-1), 1.0)
        return bool(proper) and self.classes in (None, y.shape[-1])


def find_loss_of_scores(
    function: Callable[[Any, Any], Any], name: str, arguments: str, view: TargetView
) -> LossOfScores | None:
    """Return the user's loss as one of scores, if it is one; else None.

    name, arguments: of the function, which may say so.
    """
    said = any(word in normalise_name(arguments + name) for word in ("logit", "score"))
    said = said or normalise_name(name).startswith("softmax")
    if not said and name == LOSS:
        return None  # the contract's own name: it is given what the contract says
    for classes in TRIAL_CLASSES:
        y, t = draw_trial(classes)
        for one_hot in (None, True, False):
            found = LossOfScores(function, view)
            found.one_hot = one_hot
            found.classes = classes if classes != TRIAL_CLASSES[0] else None
            of_rows, of_numbers = (found.try_labels(y, kind) for kind in (np.eye(classes)[t], t))
            if not np.isclose(of_rows, of_numbers, rtol=CLOSE):
                continue
            if said or (
                np.isclose(of_rows, reference.cross_entropy_error(y, t), rtol=CLOSE)
                and not is_loss_of_probabilities(found, y, t)
            ):
                return found
    return None


def is_loss_of_probabilities(found: LossOfScores, y: np.ndarray, t: np.ndarray) -> bool:
    """Whether the function is right of probabilities too, as one of both kinds would be."""
    plain = LossOfScores(lambda y_, t_: found.function(found.view.array(y), t_), found.view)
    plain.one_hot = found.one_hot
    value = plain.try_labels(y, t)
    return bool(np.isclose(value, reference.cross_entropy_error(y, t), rtol=CLOSE))


def draw_trial(classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities and labels to try a loss with."""
    rng = np.random.RandomState(0)
    y = reference.softmax(rng.randn(TRIAL_ROWS, classes))
    return y, np.arange(TRIAL_ROWS) % classes
