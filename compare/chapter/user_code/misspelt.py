"""What is called as the contract has it but for a slip of the pen, and is plainly meant so.

A function must give what the chapter's gives, a class must be made as the chapter's is: a wrong
guess would make a fault of another thing.
"""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from ...ports.user_code.view import AuthorNames, TargetView
from ..adapters import PARAMS
from .arguments import SIGNATURES, adapt_arguments
from .construct import TRIAL_SIZES, find_builder
from .layout import compute_shapes
from .near_names import suggest_contract_name
from .numpy_functions import meet_in_numpy
from .spellings import find_methods
from .trials import is_right_on_trial

SIMPLE_SHAPE = (2, 3)  # of SimpleNet's W


def find_misspelt_functions(view: TargetView, own: AuthorNames) -> Iterator[tuple[str, str, Any]]:
    """Yield a function of the contract, the name that is a slip of its own, and its value."""
    for name in own.defined():
        value = getattr(own.module, name, None)
        wanted, is_slip = suggest_contract_name(name)
        if not is_slip or wanted not in SIGNATURES or not inspect.isfunction(value):
            continue
        if name in view.taken or wanted in (view.names | view.unbound):
            continue
        found = adapt_arguments(meet_in_numpy(value, view) or value, wanted)
        if found is not None and is_right_on_trial(found[0], wanted, view):
            yield wanted, name, value


def find_misspelt_class(view: TargetView, own: AuthorNames, wanted: str) -> str:
    """Return the class whose name is a slip of SimpleNet or TwoLayerNet and that is one, or ""."""
    for name in own.defined():
        value = getattr(own.module, name, None)
        slip = suggest_contract_name(name) == (wanted, True) and name not in view.taken
        if slip and isinstance(value, type) and is_made_alike(value, wanted):
            return name
    return ""


def is_made_alike(cls: type, wanted: str) -> bool:
    """Whether a class has the chapter's methods, and its objects the chapter's parameters."""
    methods = find_methods(cls, ())
    if "predict" not in methods or not {"loss", "gradient"} & set(methods):
        return False
    try:
        if wanted == "SimpleNet":
            return tuple(cls().W.shape) == SIMPLE_SHAPE
        build, _ = find_builder(cls, has_chapter_params)
        return has_chapter_params(build(*TRIAL_SIZES))
    # what cannot be made so is another thing
    except Exception:  # noqa: BLE001  # a user's code may raise anything
        return False


def has_chapter_params(net: Any) -> bool:
    """Whether a network of `TRIAL_SIZES` keeps W1, b1, W2 and b2, and no more, in its params."""
    params = getattr(net, "params", None)
    if not isinstance(params, Mapping) or set(params) != set(PARAMS):
        return False
    shapes = compute_shapes(TRIAL_SIZES)
    return all(tuple(params[key].shape) == shapes[key] for key in PARAMS)
