"""Classes that are one function of the chapter: `Softmax().forward` is judged as softmax."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from ...ports.frameworks import to_numpy
from ...ports.user_code.arrays import find_stored_arrays
from ...ports.user_code.view import AuthorNames, TargetView
from .near_names import split_words
from .scores import draw_trial
from .spellings import FUNCTION_SPELLINGS, rank_candidates

OF_ONE_ARRAY = ("sigmoid", "softmax")
LOSSES = ("cross_entropy_error", "sum_squares_error")
PLAIN_WORDS = {"own", "my", "custom", "layer", "activation", "loss", "function", "func", "fn"}
METHODS = ("forward", "__call__", "calculate", "predict")


def find_function_classes(view: TargetView, own: AuthorNames) -> Iterator[tuple[str, str, str]]:
    """Yield the function that a class is named after, the class, its method that is it or ""."""
    for name in own.names():
        cls = getattr(own.module, name)
        wanted = find_function_name(name) if isinstance(cls, type) else ""
        if wanted and wanted not in view.names and any(hasattr(cls, m) for m in METHODS):
            fits = (m for m in METHODS if hasattr(cls, m) and is_function(cls, m, wanted, view))
            yield wanted, name, next(fits, "")


def find_function_name(name: str) -> str:
    """Return the function of the contract that a class is named after, or "".

    >>> find_function_name("Activation_Softmax"), find_function_name("CrossEntropyLoss")
    ('softmax', 'cross_entropy_error')
    >>> find_function_name("SoftmaxWithLoss"), find_function_name("SoftmaxRegression")
    ('', '')
    """
    words = [word for word in split_words(name) if word not in PLAIN_WORDS]
    for wanted in (*OF_ONE_ARRAY, *LOSSES):
        if rank_candidates(wanted, FUNCTION_SPELLINGS[wanted], ["".join(words)]):
            return wanted
    return ""


def make_function(cls: type, method: str) -> Callable[..., Any]:
    """Return the method of a new object as a function; what it keeps as its output is its value."""

    def call(*args: Any, **keywords: Any) -> Any:
        made = cls()
        value = getattr(made, method)(*args, **keywords)
        return getattr(made, "output", None) if value is None else value

    call.__signature__ = inspect.signature(getattr(cls(), method))  # type: ignore[attr-defined]  # how it is called
    return call


def is_function(cls: type, method: str, wanted: str, view: TargetView) -> bool:
    """Whether an object of a class is made of nothing, holds nothing, and gives such a value."""
    y, t = draw_trial(5)
    rows = (t[:, None] == range(5)).astype(view.dtype)
    arrays = [y.astype(view.dtype)] + ([rows] if wanted in LOSSES else [])
    try:
        if find_stored_arrays(cls()):
            return False
        got = to_numpy(make_function(cls, method)(*map(view.array, arrays)))
    # what cannot be called so is another thing
    except Exception:  # noqa: BLE001  # a user's code may raise anything
        return False
    return got.size == 1 if wanted in LOSSES else got.shape == y.shape
