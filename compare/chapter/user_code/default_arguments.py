"""Default arguments that are not the chapter's: every case gives them, so that none would show."""

import inspect
from collections.abc import Iterator
from typing import Any

from ...ports.user_code.view import AuthorNames, TargetView
from .arguments import ARGUMENT_SPELLINGS
from .spellings import normalise_name

INITIAL_DEVIATION = {"weightinitstd", "weightstd", "initstd", "std"}
# of what the contract names: the component that tells, the argument, its other names, its default
CHAPTER_DEFAULTS: dict[str, tuple[tuple[str, str, set[str], float], ...]] = {
    "gradient_descent": (
        ("gradient_descent", "lr", ARGUMENT_SPELLINGS["lr"] | {"lr"}, 0.01),
        ("gradient_descent", "step_num", ARGUMENT_SPELLINGS["step_num"] | {"stepnum"}, 100),
    ),
    "TwoLayerNet": (("initialisation", "weight_init_std", INITIAL_DEVIATION, 0.01),),
}


def list_other_defaults(view: TargetView, own: AuthorNames) -> list[tuple[str, str]]:
    """Return (component, sentence) for each default of the author's that is not the chapter's."""
    found = []
    for wanted, promised in CHAPTER_DEFAULTS.items():
        if wanted in view.names:
            thing = getattr(own.module, view.aliases.get(wanted, wanted), None)
            defaults = list(iterate_defaults(thing))
            found += [
                (component, f"default {name} is {default}, the chapter's {value}")
                for component, _, spellings, value in promised
                for name, default in defaults
                if normalise_name(name) in spellings and default != value
            ]
    return found


def iterate_defaults(thing: Any) -> Iterator[tuple[str, float]]:
    """Yield the arguments of a function or class whose default is a number, with it.

    >>> list(iterate_defaults(lambda f, lr=0.1, verbose=False, log=None: None))
    [('lr', 0.1)]
    """
    try:
        own = inspect.signature(thing).parameters.values()
    except (TypeError, ValueError):
        return
    for parameter in own:
        default = parameter.default
        if isinstance(default, int | float) and not isinstance(default, bool):
            yield parameter.name, default
