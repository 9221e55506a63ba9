"""Methods that are given predictions where the chapter's are given samples: `accuracy(y, t)`."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from ...ports.frameworks import to_numpy
from ...ports.user_code.view import TargetView
from .calling import draw_trial_inputs
from .columns import Prediction, find_prediction
from .framework_models import find_call, is_model
from .layout import LayerSizes
from .losses import PREDICTION_ARGUMENTS
from .spellings import LABEL_ARGUMENTS, normalise_name

Predict = Callable[[Any], Any]
SAMPLES = {"input", "inputs"}  # of a method; of a loss they are predictions


def takes_predictions(function: Callable[..., Any]) -> bool:
    """Whether a method says by its arguments' names that it takes predictions and labels.

    >>> takes_predictions(lambda y, t: 0), takes_predictions(lambda y_pred, y: 0)
    (True, True)
    >>> takes_predictions(lambda x, t: 0), takes_predictions(lambda y, x: 0)
    (False, False)
    """
    try:
        names = [normalise_name(name) for name in inspect.signature(function).parameters][:2]
    except (TypeError, ValueError):
        return False
    if len(names) < 2 or names[0] not in PREDICTION_ARGUMENTS - SAMPLES:
        return False
    return names[1] in LABEL_ARGUMENTS or (names[1] == "y" and names[0] != "y")


def add_methods_of_samples(
    net: Any,
    methods: dict[str, str],
    names: list[str],
    sizes: LayerSizes,
    view: TargetView,
    ops: Any,
) -> Callable[[Any], Any]:
    """Put into methods, for each that takes predictions, one that takes samples; return its maker.

    Tried with what the network predicts: which a method that makes its own predictions refuses.

    names: of the methods that may be the prediction. The maker adds these methods to a network.
    """
    x, labels, rows = draw_trial_inputs(sizes, view.dtype)
    found: dict[str, tuple[str, Callable[[Any], Predict]]] = {}
    for wanted in ("loss", "accuracy"):
        name = methods.get(wanted, "")
        if not name or not takes_predictions(getattr(net, name)):
            continue
        maker = find_predict(net, names, x, sizes, view, ops)
        number = as_number(getattr(net, name))
        if maker and answers(number, maker[1](net), x, (rows, labels), view):
            methods[wanted] = f"{name}({maker[0]}(x), t)"
            found[name] = (methods[wanted], maker[1])

    def add(made: Any) -> Any:
        for name, (whole, make_predict) in found.items():
            setattr(made, whole, compose(getattr(made, name), make_predict(made)))
        return made

    add(net)
    return add


def find_predict(
    net: Any,
    names: list[str],
    x: np.ndarray,
    sizes: LayerSizes,
    view: TargetView,
    ops: Any,
    axis: int = 0,
) -> tuple[str, Callable[[Any], Predict]] | None:
    """Return the name of what predicts, and how to get it of a network.

    axis: of the samples, in what it is given and in what it predicts.
    """
    if is_model(net, ops):
        return "model", find_call
    for name in names:
        found = find_prediction(getattr(net, name), x, sizes[2], view.array)
        if found is not None and found.axis == axis:
            return name, make_getter(name, found)
    return None


def make_getter(name: str, prediction: Prediction) -> Callable[[Any], Predict]:
    """Return how a network's method is got, such that it gives the prediction alone."""
    return lambda made: lambda x: prediction.pick(getattr(made, name)(x))


def as_number(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method that raises unless it gives one number."""
    return lambda y, t: to_numpy(method(y, t)).item()


def answers(
    method: Callable[..., Any],
    predict: Predict,
    x: np.ndarray,
    kinds: tuple[np.ndarray, ...],
    view: TargetView,
) -> bool:
    """Whether a method takes what is predicted and labels of some kind."""
    for t in kinds:
        try:
            method(predict(view.array(x)), view.array(t))
        # labels of the other kind may be the right ones
        except Exception:  # noqa: BLE001  # a user's code may raise anything
            continue
        return True
    return False


def compose(method: Callable[..., Any], predict: Predict) -> Callable[[Any, Any], Any]:
    """Return a method of samples and labels."""
    return lambda x, t: method(predict(x), t)


def drop_gradients_of_predictions(
    net: Any,
    methods: dict[str, str],
    names: list[str],
    sizes: LayerSizes,
    view: TargetView,
    ops: Any,
) -> list[str]:
    """Take out of methods a gradient that takes predictions and no samples; a sentence for each.

    What takes neither is broken, and stays. names: of the methods that may be the prediction.
    """
    x, labels, rows = draw_trial_inputs(sizes, view.dtype)
    notes = []
    for wanted in ("gradient", "numerical_gradient"):
        name = methods.get(wanted, "")
        if not name or not takes_predictions(getattr(net, name)):
            continue
        method, samples = getattr(net, name), lambda given: given
        if answers(method, samples, x, (rows, labels), view):
            continue
        for axis in (0, 1):
            found = find_predict(net, names, x, sizes, view, ops, axis)
            given, one_hot = (a if axis == 0 else np.ascontiguousarray(a.T) for a in (x, rows))
            if found and answers(method, found[1](net), given, (one_hot, labels), view):
                own = ", ".join(inspect.signature(method).parameters)
                notes.append(f"{name}({own}) takes predictions, not (x, t): not judged")
                del methods[wanted]
                break
    return notes
