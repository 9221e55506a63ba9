"""A user's class in the chapter's style as a TwoLayerNet, whatever it calls its parts."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...ports.frameworks import to_numpy
from ...ports.user_code.arrays import find_stored_arrays
from ...ports.user_code.errors import TargetError
from ..adapters import PARAMS
from .calling import BY_ROWS, Calling, is_pair
from .columns import Prediction, turn, turn_inputs
from .gradient_form import to_contract_gradients
from .layout import ContractParams, ParameterLayout, parse_array_name
from .spellings import normalise_name


class AdaptedNet:
    """The network as the contract calls it; what the user did not write is not an attribute."""

    def __init__(self, params: ContractParams, methods: Mapping[str, Callable[..., Any]]) -> None:
        self.params = params
        self.__dict__.update(methods)


def adapt_net(
    net: Any,
    layout: ParameterLayout,
    methods: Mapping[str, str],
    calling: Calling = BY_ROWS,
    to_rows: Callable[[Any], Any] | None = None,
    softmax: Callable[[Any], Any] = lambda scores: scores,
) -> AdaptedNet:
    """Return a user's network behind the contract's names.

    methods: contract name to the user's spelling.
    calling: how it is called.
    to_rows: labels to one-hot rows, where a network of columns takes no numbers.
    softmax: of what it predicts, where these are scores.

    Raises TargetError if net lacks a parameter.
    """
    held = find_stored_arrays(net)
    own = {wanted: getattr(net, name) for wanted, name in methods.items()}
    if "predict" in own:
        own["predict"] = pick_prediction(own["predict"], calling.prediction)
    if "loss" in own:
        own["loss"] = pick_part(own["loss"], 0)
    if methods.get("gradient") == methods.get("loss") is not None:
        own["gradient"] = pick_part(own["gradient"], 1)
    if calling.counts_numbers:
        own["accuracy"] = give_numbers(own["accuracy"])
    if calling.columns:
        own = {
            key: turn(call) if key == "predict" else turn_inputs(call, to_rows)
            for key, call in own.items()
        }
    if calling.scores:
        scores = own["predict"]
        own["predict"] = lambda x: softmax(scores(x))
    params = ContractParams(held, layout)
    for key in ("gradient", "numerical_gradient"):
        if key in own:
            own[key] = adapt_gradient(own[key], layout, params)
    if "accuracy" not in own and "predict" in own:
        own["accuracy"] = make_accuracy(own["predict"])
    return AdaptedNet(params, own)


def pick_prediction(predict: Callable[[Any], Any], prediction: Prediction) -> Callable[[Any], Any]:
    """Return a method that returns the prediction alone, and not what it keeps for later too."""
    return lambda x: prediction.pick(predict(x))


def pick_part(function: Callable[..., Any], place: int) -> Callable[..., Any]:
    """Return a function that returns the loss alone, or the gradients, of one that returns both."""

    def call(x: Any, t: Any) -> Any:
        found = function(x, t)
        return found[place] if is_pair(found) else found

    return call


def give_numbers(accuracy: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return an accuracy that is given labels as numbers, whatever they were."""
    return lambda x, t: accuracy(x, t.argmax(axis=1) if len(t.shape) == 2 else t)


def make_accuracy(predict: Callable[[Any], Any]) -> Callable[[Any, Any], float]:
    """Return the share of right predictions, for a network that has no accuracy of its own."""

    def accuracy(x: Any, t: Any) -> float:
        y, labels = to_numpy(predict(x)), to_numpy(t)
        labels = labels.argmax(axis=1) if labels.ndim == 2 else labels
        return float(np.mean(y.argmax(axis=1) == labels))

    return accuracy


def adapt_gradient(
    gradient: Callable[..., Any], layout: ParameterLayout, params: ContractParams
) -> Callable[[Any, Any], dict[str, Any]]:
    """Return the user's gradient with the contract's keys and shapes."""

    def ordered(x: Any, t: Any) -> dict[str, Any]:
        found = gradient(x, t)
        if isinstance(found, dict):
            found = match_gradient_keys(found, layout)
        elif isinstance(found, list | tuple) and len(found) == len(PARAMS):
            found = dict(zip(PARAMS, found, strict=True))
        else:
            raise TargetError(
                "gradient must return a dict of W1, b1, W2 and b2 "
                f"(got {type(found).__name__}{f' of {len(found)}' if is_sequence(found) else ''})"
            )
        return to_contract_gradients(found, params, x, t)

    return ordered


def is_sequence(value: Any) -> bool:
    """Return whether value is a list or a tuple."""
    return isinstance(value, list | tuple)


def match_gradient_keys(found: dict[Any, Any], layout: ParameterLayout) -> dict[str, Any]:
    """Return gradients under the contract's keys: from `W1`, `w1`, `dW1`, `grad_W1`, or a label."""
    plain_keys = {normalise_name(str(key)): key for key in found}
    result = {}
    for key in PARAMS:
        spellings = (
            key,
            f"d{key}",
            f"grad{key}",
            parse_array_name(layout[key].label),
            layout[key].label,
        )
        match = next(
            (plain_keys[normalise_name(s)] for s in spellings if normalise_name(s) in plain_keys),
            None,
        )
        if match is not None:
            result[key] = found[match]
    if not result:
        raise TargetError(
            f"gradient must have the keys W1, b1, W2 and b2 (got {', '.join(map(str, found))})"
        )
    return result
