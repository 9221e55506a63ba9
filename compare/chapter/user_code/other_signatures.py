"""Methods that bear a name of the contract's and are another thing: taken out, with a sentence."""

import inspect
from collections.abc import Callable
from typing import Any

from ...ports.user_code.view import TargetView
from ..adapters import PARAMS
from .calling import draw_trial_inputs
from .columns import turn_matrix
from .functional_net import FunctionalNet
from .layout import LayerSizes
from .spellings import LABEL_ARGUMENTS, normalise_name


def drop_other_arguments(net: Any, methods: dict[str, str]) -> list[str]:
    """Take out of methods what cannot be called with samples and labels; a sentence for each."""
    notes = []
    for wanted in ("loss", "accuracy", "gradient", "numerical_gradient"):
        name = methods.get(wanted, "")
        if name and not takes_samples_and_labels(getattr(net, name)):
            own = ", ".join(inspect.signature(getattr(net, name)).parameters)
            notes.append(f"{name}({own}) takes other arguments than (x, t): not judged")
            del methods[wanted]
    return notes


def takes_samples_and_labels(function: Callable[..., Any]) -> bool:
    """Whether a method can be called as f(x, t), and its second argument may be labels.

    >>> takes_samples_and_labels(lambda x, y: 0), takes_samples_and_labels(lambda data: 0)
    (True, False)
    >>> takes_samples_and_labels(lambda data, convert=False: 0)
    False
    """
    try:
        signature = inspect.signature(function)
        signature.bind(0, 0)
    except TypeError:
        return False
    except ValueError:
        return True
    second = list(signature.parameters.values())[1:2]
    known = {normalise_name(p.name) in LABEL_ARGUMENTS | {"y"} for p in second}
    return True in known or all(p.default is p.empty for p in second)


def drop_other_gradients(
    net: Any, methods: dict[str, str], sizes: LayerSizes, view: TargetView, columns: bool
) -> list[str]:
    """Take out of methods a gradient that returns no four arrays, of another name than that.

    Two lists, of biases and of weights, for one sample; or nothing, and it keeps them.
    """
    name = methods.get("gradient", "")
    if not name or (name == "gradient" and not isinstance(net, FunctionalNet)):
        return []
    x, labels, rows = draw_trial_inputs(sizes, view.dtype)
    for t in (rows, labels):
        given = [view.array(value) for value in (x, t)]
        try:
            found = getattr(net, name)(*(map(turn_matrix, given) if columns else given))
        # labels of the other kind may be the right ones
        except Exception:  # noqa: BLE001  # a user's code may raise anything
            continue
        if isinstance(found, dict) or (
            isinstance(found, list | tuple) and len(found) == len(PARAMS)
        ):
            return []
        del methods["gradient"]
        kind = type(found).__name__
        more = f" of {len(found)}" if isinstance(found, list | tuple) else ""
        return [f"{name} returns no W1, b1, W2 and b2 (but a {kind}{more}): not judged"]
    return []
