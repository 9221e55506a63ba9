"""A user's loss function beside a model: called in its own order, with the labels it takes."""

import inspect
from collections.abc import Callable
from typing import Any

from ...ports.user_code.trouble import TargetError, in_words
from .spellings import plain

TRUE = {"ytrue", "t", "target", "targets", "true", "label", "labels", "trueval", "truth"}
PREDICTED = {"ypred", "y", "output", "outputs", "out", "pred", "preds", "prediction", "predictions",
             "input", "logits", "yhat"}  # fmt: skip


class Loss:
    """loss(model output, labels), found out by trying: order of arguments, kind of labels."""

    def __init__(self, function: Any, name: str, ops: Any) -> None:
        if isinstance(function, type):
            function = function()
        if not callable(function):
            raise TargetError(f"the loss {name} must be callable (got {type(function).__name__})")
        self.function, self.name, self.ops = function, name, ops
        self.prediction_first = prediction_first(function, ops)
        self.hot: bool | None = None  # one-hot labels, once known

    def settle(self, output: Any, t: Any) -> str:
        """Find out by a trial which labels it takes; a sentence for the user.

        Raises TargetError if it takes neither.
        """
        problems = []
        kinds = (False, True) if "sparse" in plain(self.name) else (True, False)
        for self.hot in kinds:
            try:
                self(output, t)
            # whatever it raises, the other kind of labels may be the right one
            except Exception as error:  # noqa: BLE001  # a user's code may raise anything
                problems.append(in_words(error))
            else:
                order = "(output, labels)" if self.prediction_first else "(labels, output)"
                kind = "one-hot" if self.hot else "integer"
                return f"the loss {self.name} was called as {order} with {kind} labels"
        raise TargetError(f"the loss {self.name} takes neither kind of labels: {problems[0]}")

    def __call__(self, output: Any, t: Any) -> Any:
        kind = self.ops.one_hot(t, output.shape[-1], output) if self.hot else self.ops.labels(t)
        pair = (output, kind) if self.prediction_first else (kind, output)
        return self.ops.mean(self.function(*pair))


def prediction_first(function: Callable[..., Any], ops: Any) -> bool:
    """The order of a loss's arguments: as it names them, else as its framework has it."""
    if ops.is_loss(function):
        return bool(ops.PREDICTION_FIRST)
    try:
        first = plain(next(iter(inspect.signature(function).parameters), ""))
    except (TypeError, ValueError):
        first = ""
    if first in TRUE:
        return False
    return first in PREDICTED or bool(ops.PREDICTION_FIRST)
