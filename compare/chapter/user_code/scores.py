"""A loss that takes scores where the contract gives probabilities."""

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
LEAST = 1.1754944e-38  # of a probability: scores have no logarithm of 0, and float32 no less
CERTAIN_SHIFT = 1000.0  # of the scores where the right class is certain: exp of it is inf
CLOSE = 1e-3  # relative, of a trial; the judge decides with its own tolerances


class LossOfScores:
    """loss(y, t) of the user's loss of scores: given the logarithms of y, and more, in a batch.

    To each row another number is added, which changes no softmax of it: so that scores are no
    logarithms of probabilities, and a softmax that was left out shows. Where the right class is
    certain it is a thousand more, which no rounding of the others can tell, and of which exp is
    inf. What comes then stands in faults/tables/scores.toml.

    one_hot: the kind of labels that it takes; None for both.
    classes: the only number of them that it takes, or None.
    """

    def __init__(self, function: Callable[[Any, Any], Any], view: TargetView) -> None:
        self.function, self.view = function, view
        self.one_hot: bool | None = None
        self.classes: int | None = None

    def __call__(self, y: Any, t: Any) -> Any:
        """Return the loss of the scores that probabilities y belong to."""
        rows = np.atleast_2d(to_numpy(y))
        shift = 0.5 + 0.25 * (np.arange(len(rows)) % 5)
        labels = to_numpy(t)
        labels = labels.reshape(rows.shape if labels.size == rows.size else len(rows))
        shift = shift + CERTAIN_SHIFT * find_certain_rows(rows, labels)
        scores = np.log(np.maximum(rows, LEAST)) + shift.reshape(-1, 1)
        labels = self.convert_labels(rows, labels)
        return self.function(self.view.array(scores.astype(rows.dtype)), labels)

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

    def convert_labels(self, y: np.ndarray, t: np.ndarray) -> Any:
        """Return the labels in the kind that the function takes."""
        given = t.shape == y.shape
        if self.one_hot is not None and given != self.one_hot:
            t = t.argmax(axis=1) if given else np.eye(y.shape[1], dtype=y.dtype)[t]
        return self.view.array(t)

    def describe(self) -> str:
        """Return how it is called, in words."""
        kinds = {None: "labels of both kinds", True: "one-hot labels", False: "labels as numbers"}
        more = f", of {self.classes} classes alone" if self.classes else ""
        return f"given scores, not probabilities, and {kinds[self.one_hot]}{more}"

    def is_asked(self, case: Case) -> bool:
        """Whether a case can be asked: its probabilities are those of scores."""
        y = case.inputs.get("y")
        if case.component not in (LOSS, "label out of range") or not isinstance(y, np.ndarray):
            return True
        return np.allclose(y.sum(axis=-1), 1.0) and self.classes in (None, y.shape[-1])


def find_certain_rows(y: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return for each row whether the probability of its right class is 1, however t says which.

    >>> find_certain_rows(np.eye(2), np.array([0, 0])), find_certain_rows(np.eye(2), np.eye(2))
    (array([ True, False]), array([ True,  True]))
    """
    labels = t.argmax(axis=1) if t.ndim == 2 else np.clip(t.astype(int), 0, y.shape[1] - 1)
    certain: np.ndarray = y[np.arange(len(y)), labels] >= 1.0
    return certain


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


def is_batch_of_loss(case: Case) -> bool:
    """Whether a case is none of the loss, or one of a batch."""
    y = case.inputs.get("y")
    return case.component != LOSS or not isinstance(y, np.ndarray) or y.ndim != 1


def is_chapter_loss(function: Callable[[Any, Any], Any], view: TargetView) -> bool:
    """Whether a function of probabilities and labels gives the chapter's loss, or nearly."""
    y, t = draw_trial(TRIAL_CLASSES[0])
    plain = LossOfScores(lambda y_, t_: function(view.array(y.astype(view.dtype)), t_), view)
    want = reference.cross_entropy_error(y, t)
    kinds = (np.eye(TRIAL_CLASSES[0])[t], t)
    return any(np.isclose(plain.try_labels(y, kind), want, rtol=CLOSE) for kind in kinds)


def draw_trial(classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities and labels to try a loss with."""
    rng = np.random.RandomState(0)
    y = reference.softmax(rng.randn(TRIAL_ROWS, classes))
    return y, np.arange(TRIAL_ROWS) % classes
