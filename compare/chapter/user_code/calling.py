"""How a network of a user's own class is called: found out by trial, the same for every size."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from trueport import reference

from ...ports.frameworks import to_numpy
from ...ports.user_code.view import TargetView
from .columns import Prediction, agree, find_prediction, turn_inputs, turn_matrix
from .functional_net import FunctionalNet
from .layout import LayerSizes
from .scores import CLOSE

TRIAL_ROWS = 4


@dataclass(frozen=True)
class Calling:
    """prediction: where it is in what its method returns, and whether samples are columns.

    takes_numbers: whether labels may be numbers, for a network of columns.
    counts_numbers: whether its accuracy takes labels as numbers alone.
    scores: whether what it predicts are scores, as its own loss takes them.
    """

    prediction: Prediction
    takes_numbers: bool = True
    counts_numbers: bool = False
    scores: bool = False

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
    the contract's names to the user's, then names the other. One whose rows sum to one goes before
    others, but not before the author's own `predict`.

    names: of the methods that may be the prediction.
    """
    x, labels, rows = draw_trial_inputs(sizes, view.dtype)
    found: dict[str, Prediction] = {}
    for name in names:
        if prediction := find_prediction(getattr(net, name), x, sizes[2], view.array):
            found[name] = prediction
        if "predict" in found and not isinstance(net, FunctionalNet):
            break
    if not found:
        return BY_ROWS
    name = next((n for n, prediction in found.items() if prediction.normalised), next(iter(found)))
    name = "predict" if "predict" in found and not isinstance(net, FunctionalNet) else name
    methods["predict"], prediction = name, found[name]
    if prediction.axis == 0 and counts_numbers_alone(net, methods, prediction, sizes, view):
        view.notes.append(f"{methods['accuracy']} takes labels as numbers, and was given those")
        return Calling(prediction, counts_numbers=True)
    if prediction.axis == 0 or "loss" not in methods:
        return Calling(prediction)
    loss = turn_inputs(getattr(net, methods["loss"]))
    return Calling(prediction, agree(loss, view.array(x), view.array(labels), view.array(rows)))


def counts_numbers_alone(
    net: Any,
    methods: dict[str, str],
    prediction: Prediction,
    sizes: LayerSizes,
    view: TargetView,
) -> bool:
    """Whether an accuracy is right of labels as numbers, and does nothing about one-hot rows.

    It holds the classes against the rows as they are, which for as many samples as classes gives a
    number; what takes another argmax of the rows is a slip, and gives another.
    """
    if "accuracy" not in methods or not hasattr(view.array(np.zeros(1)), "argmax"):
        return False
    count, predict = (getattr(net, methods[wanted]) for wanted in ("accuracy", "predict"))
    trials = []
    for seed in range(5):
        rng = np.random.RandomState(seed)
        x = rng.randn(sizes[2], sizes[0]).astype(view.dtype)
        labels = rng.randint(sizes[2], size=sizes[2])
        rows = np.eye(sizes[2], dtype=view.dtype)[labels]
        try:
            best = to_numpy(prediction.pick(predict(view.array(x)))).argmax(axis=1)
            got = [to_numpy(count(view.array(x), view.array(t))) for t in (labels, rows)]
        # whatever it raises: the component says so
        except Exception:  # noqa: BLE001  # a user's code may raise anything
            return False
        right, same = np.mean(best == labels), best == rows
        if not np.isclose(got[0], right):
            return False
        trials.append([np.isclose(got[1], n) for n in (right, np.sum(same) / len(x), same.mean())])
    as_right, *careless = np.all(trials, axis=0)
    return bool(any(careless) and not as_right)


def gives_labels(predict: Callable[[Any], Any], sizes: LayerSizes, view: TargetView) -> bool:
    """Whether a method gives the number of a class for each sample, as an argmax does."""
    x, _, _ = draw_trial_inputs(sizes, view.dtype)
    for given in (x, np.ascontiguousarray(x.T)):
        try:
            got = to_numpy(predict(view.array(given)))
        # a network that fails over rows may be one of columns
        except Exception:  # noqa: BLE001  # a user's code may raise anything
            continue
        whole = got.dtype.kind in "iu" and got.size == len(x) and got.ndim in (1, 2)
        if whole and np.all((got >= 0) & (got < sizes[2])):
            return True
    return False


def has_loss_of_scores(net: Any, sizes: LayerSizes, view: TargetView) -> bool:
    """Whether a network's own loss takes what it predicts for scores, and is right of these."""
    x, labels, rows = draw_trial_inputs(sizes, view.dtype)
    loss, predict = getattr(net, "loss", None), getattr(net, "predict", None)
    if loss is None or predict is None:
        return False
    for t in (rows, labels):
        try:
            scores = to_numpy(predict(view.array(x)))
            got = to_numpy(loss(view.array(x), view.array(t)))
        # labels of the other kind may be the right ones
        except Exception:  # noqa: BLE001  # a user's code may raise anything
            continue
        want = reference.cross_entropy_error(reference.softmax(scores), labels)
        if got.size == 1 and np.isclose(got, want, rtol=CLOSE):
            return True
    return False


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
