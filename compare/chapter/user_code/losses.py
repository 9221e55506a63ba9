"""A user's loss function beside a model: called in its own order, with the labels it takes."""

import inspect
from collections.abc import Callable
from typing import Any

from ...ports.user_code.errors import TargetError, format_error
from .spellings import LABEL_ARGUMENTS, normalise_name

PREDICTION_ARGUMENTS = {"ypred", "y", "output", "outputs", "out", "pred", "preds", "prediction",
    "predictions", "predicted", "probs", "prob", "probabilities", "p", "input", "logits", "logit",
    "scores", "score", "yhat", "ypredicted", "ypreds", "yprob", "yprobs", "yout", "youtput",
    "predictedlabels", "predlabels", "guess", "estimate", "estimated", "yprediction"}  # fmt: skip


class UserLoss:
    """loss(model output, labels), found out by trying: order of arguments, kind of labels."""

    def __init__(self, function: Any, name: str, ops: Any) -> None:
        if isinstance(function, type):
            function = function()
        if not callable(function):
            raise TargetError(f"the loss {name} must be callable (got {type(function).__name__})")
        self.function, self.name, self.ops = function, name, ops
        self.prediction_first = is_prediction_first(function, ops)
        self.takes_one_hot: bool | None = None  # one-hot labels, once known

    def detect_label_format(self, output: Any, t: Any) -> str:
        """Find out by a trial which labels it takes; a sentence for the user.

        Raises TargetError if it takes neither.
        """
        problems = []
        kinds = (False, True) if "sparse" in normalise_name(self.name) else (True, False)
        for self.takes_one_hot in kinds:
            try:
                self(output, t)
            # whatever it raises, the other kind of labels may be the right one
            except Exception as error:  # noqa: BLE001  # a user's code may raise anything
                problems.append(format_error(error))
            else:
                order = "(output, labels)" if self.prediction_first else "(labels, output)"
                kind = "one-hot" if self.takes_one_hot else "integer"
                return f"the loss {self.name} was called as {order} with {kind} labels"
        raise TargetError(f"the loss {self.name} takes neither kind of labels: {problems[0]}")

    def __call__(self, output: Any, t: Any) -> Any:
        """Return the loss, its arguments in the order and kind that it takes."""
        kind = (
            self.ops.one_hot(t, output.shape[-1], output)
            if self.takes_one_hot
            else self.ops.to_labels(t)
        )
        pair = (output, kind) if self.prediction_first else (kind, output)
        return self.ops.reduce_to_mean(self.function(*pair))


def is_prediction_first(function: Callable[..., Any], ops: Any) -> bool:
    """Return the order of a loss's arguments: as it names them, else as its framework has it."""
    if ops.is_loss(function):
        return bool(ops.PREDICTION_FIRST)
    try:
        first = normalise_name(next(iter(inspect.signature(function).parameters), ""))
    except (TypeError, ValueError):
        first = ""
    if first in LABEL_ARGUMENTS:
        return False
    return first in PREDICTION_ARGUMENTS or bool(ops.PREDICTION_FIRST)


def find_compiled_loss(net: Any) -> tuple[str, Any] | None:
    """Return the loss that a Keras model was compiled with, and its name."""
    if not getattr(net, "compiled", False) or not (loss := getattr(net, "loss", None)):
        return None
    import keras

    found = keras.losses.get(loss)
    name = getattr(found, "name", None) or getattr(found, "__name__", "its compiled loss")
    return str(name), found
