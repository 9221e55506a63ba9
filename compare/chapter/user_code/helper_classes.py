"""Functions of the chapter that are methods of a class that only keeps them together."""

import inspect
import types
from collections.abc import Callable, Iterator
from typing import Any

from ...ports.user_code.arrays import find_stored_arrays
from ...ports.user_code.view import AuthorNames, TargetView
from .framework_models import import_ops, is_model
from .function_classes import make_function
from .spellings import FUNCTION_SPELLINGS, find_methods, rank_candidates

# Those that a class may keep; a loader or a training loop of a class is another thing.
KEPT = (
    "sigmoid", "softmax", "sum_squares_error", "cross_entropy_error", "numerical_diff",
    "numerical_gradient", "gradient_descent",
)  # fmt: skip


def find_helper_functions(
    view: TargetView, own: AuthorNames
) -> Iterator[tuple[str, str, str, Callable[..., Any]]]:
    """Yield a function of the contract, the class that keeps it, its name as called, itself."""
    for name in own.names():
        cls = getattr(own.module, name)
        if not isinstance(cls, type) or name in view.taken or is_network(cls, view):
            continue
        for wanted in KEPT:
            found = rank_candidates(wanted, FUNCTION_SPELLINGS[wanted], vars(cls))
            if not found or wanted in view.names:
                continue
            if is_called_on_class(cls, found[0]):
                yield wanted, name, f"{name}.{found[0]}", getattr(cls, found[0])
            elif is_made_of_nothing(cls):
                yield wanted, name, f"{name}().{found[0]}", make_function(cls, found[0])


def is_network(cls: type, view: TargetView) -> bool:
    """Whether a class is a network or a model, whose functions are parts of it."""
    ops = import_ops(view.framework.name)
    return is_model(cls, ops) or bool({"predict", "loss"} & set(find_methods(cls, ())))


def is_called_on_class(cls: type, name: str) -> bool:
    """Whether a method is called on its class: it is static, of the class, or takes no self."""
    value = inspect.getattr_static(cls, name)
    if isinstance(value, staticmethod | classmethod):
        return True
    return isinstance(value, types.FunctionType) and next(
        iter(inspect.signature(value).parameters), "self"
    ) not in ("self", "cls")


def is_made_of_nothing(cls: type) -> bool:
    """Whether an object of a class is made without arguments and holds no arrays."""
    try:
        return not find_stored_arrays(cls())
    # what cannot be made so is another thing
    except Exception:  # noqa: BLE001  # a user's code may raise anything
        return False
