"""A user's class in the chapter's style as a TwoLayerNet, whatever it calls its parts."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...ports.frameworks import to_numpy
from ...ports.user_code.arrays import held_arrays
from ...ports.user_code.layout import Layout, Params, from_held, said
from ...ports.user_code.trouble import TargetError
from ..adapters import PARAMS
from .spellings import plain


class Adapted:
    """The network as the contract calls it; what the user did not write is not an attribute."""

    def __init__(self, params: Params, methods: Mapping[str, Callable[..., Any]]) -> None:
        self.params = params
        self.__dict__.update(methods)


def adapt(net: Any, layout: Layout, methods: Mapping[str, str]) -> Adapted:
    """A user's network behind the contract's names.

    methods: contract name to the user's spelling. Raises TargetError if net lacks a parameter.
    """
    held = held_arrays(net)
    own = {wanted: getattr(net, name) for wanted, name in methods.items()}
    for key in ("gradient", "numerical_gradient"):
        if key in own:
            own[key] = gradient_in_order(own[key], layout)
    if "accuracy" not in own and "predict" in own:
        own["accuracy"] = accuracy_of(own["predict"])
    return Adapted(Params(held, layout), own)


def accuracy_of(predict: Callable[[Any], Any]) -> Callable[[Any, Any], float]:
    """The share of right predictions, for a loop that asks a network without accuracy for it."""

    def accuracy(x: Any, t: Any) -> float:
        y, labels = to_numpy(predict(x)), to_numpy(t)
        labels = labels.argmax(axis=1) if labels.ndim == 2 else labels
        return float(np.mean(y.argmax(axis=1) == labels))

    return accuracy


def gradient_in_order(
    gradient: Callable[..., Any], layout: Layout
) -> Callable[[Any, Any], dict[str, Any]]:
    """The user's gradient with the contract's keys and shapes."""

    def ordered(x: Any, t: Any) -> dict[str, Any]:
        found = gradient(x, t)
        if isinstance(found, dict):
            found = by_key(found, layout)
        elif isinstance(found, list | tuple) and len(found) == len(PARAMS):
            found = dict(zip(PARAMS, found, strict=True))
        else:
            raise TargetError(
                "gradient must return a dict of W1, b1, W2 and b2 "
                f"(got {type(found).__name__}{f' of {len(found)}' if has_len(found) else ''})"
            )
        return {
            key: from_held(value, layout[key].form) if has_form(value, layout[key].form) else value
            for key, value in found.items()
        }

    return ordered


def has_len(value: Any) -> bool:
    return isinstance(value, list | tuple)


def has_form(value: Any, form: str) -> bool:
    """Whether a gradient is of the kind that can lie in such a form; a number, say, is not."""
    return form != "as it is" and len(getattr(value, "shape", ())) == 2


def by_key(found: dict[Any, Any], layout: Layout) -> dict[str, Any]:
    """A dict of gradients under the contract's keys: `W1`, `w1`, `dW1`, `grad_W1`, or a label."""
    plain_keys = {plain(str(key)): key for key in found}
    result = {}
    for key in PARAMS:
        spellings = (key, f"d{key}", f"grad{key}", said(layout[key].label), layout[key].label)
        match = next((plain_keys[plain(s)] for s in spellings if plain(s) in plain_keys), None)
        if match is not None:
            result[key] = found[match]
    if not result:
        raise TargetError(
            f"gradient must have the keys W1, b1, W2 and b2 (got {', '.join(map(str, found))})"
        )
    return result
