"""What older Keras accepted, for files written for it: names of arguments, calls to `compile`."""

import ast
import functools
import importlib
from collections.abc import Callable
from typing import Any

OLDER_ARGUMENTS = {"lr": "learning_rate"}
renamed: set[str] = set()  # of them, those that the user's file has given


def accept_older_arguments() -> None:
    """Let every optimizer of Keras take `lr` for its learning rate, as it did before Keras 3."""
    optimizers: Any = importlib.import_module("keras").optimizers
    for value in vars(optimizers).values():
        is_optimizer = isinstance(value, type) and issubclass(value, optimizers.Optimizer)
        if is_optimizer and "__init__" in vars(value):
            value.__init__ = rename_arguments(value.__init__)


def list_renamed_arguments() -> list[str]:
    """Return a sentence for each older name that was given."""
    return [
        f"an optimizer's {old} was taken for {OLDER_ARGUMENTS[old]}: Keras 3 refuses {old}"
        for old in sorted(renamed)
    ]


def rename_arguments(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function under the older names of its arguments too."""

    @functools.wraps(function)
    def call(*args: Any, **keywords: Any) -> Any:
        renamed.update(keywords.keys() & OLDER_ARGUMENTS)
        return function(*args, **{OLDER_ARGUMENTS.get(key, key): v for key, v in keywords.items()})

    return call


def keep_loss_alone(node: ast.stmt) -> ast.stmt | None:
    """Return a call `model.compile(...)` with its loss alone; None for anything else.

    The optimizer may be one that is no more; the loss is what is judged.

    >>> node = ast.parse("m.compile('sgd', 'mse', lr=1)").body[0]
    >>> ast.unparse(keep_loss_alone(node))
    "m.compile(loss='mse')"
    """
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return None
    call = node.value
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "compile":
        return None
    losses = [k.value for k in call.keywords if k.arg == "loss"] or call.args[1:2]
    if not losses:
        return None
    kept = ast.Call(call.func, [], [ast.keyword("loss", losses[0])])
    return ast.fix_missing_locations(ast.copy_location(ast.Expr(kept), node))
