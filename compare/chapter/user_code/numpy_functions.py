"""Functions written in NumPy, in a file whose models are another framework's."""

import functools
import inspect
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ...ports.frameworks import to_numpy
from ...ports.user_code.view import TargetView

FRAMEWORK_ROOTS = {"torch", "tensorflow", "keras", "jax", "jaxlib"}
# Attributes that a framework's arrays have and NumPy's have not: who asks for them is given those.
TENSOR_ATTRIBUTES = {
    "detach", "numpy", "cpu", "cuda", "unsqueeze", "dim", "backward", "requires_grad",
    "requires_grad_", "scatter_", "gather", "long", "double", "device", "permute", "clamp",
}  # fmt: skip


def meet_in_numpy(function: Callable[..., Any], view: TargetView) -> Callable[..., Any] | None:
    """Return a function that is given NumPy arrays, if that is what it is written for; else None.

    A function that it is given gets the framework's arrays all the same, and gives it numbers.
    """
    if view.framework.name == "numpy" or not is_numpy_function(function):
        return None

    @functools.wraps(function)
    def call(*args: Any, **keywords: Any) -> Any:
        own = {key: convert(value, view) for key, value in keywords.items()}
        return function(*(convert(value, view) for value in args), **own)

    return call


def convert(value: Any, view: TargetView) -> Any:
    """Return an argument for a function in NumPy: a tensor's own memory, where it can be shared."""
    if isinstance(value, np.ndarray):
        return value  # as it is: a numerical gradient moves the weights of the network themselves
    if inspect.isfunction(value):
        return lambda *args: to_numpy(value(*(view.array(np.asarray(a)) for a in args)))[()]
    if hasattr(value, "detach"):
        return value.detach().numpy()
    return to_numpy(value) if hasattr(value, "shape") else value


def is_numpy_function(function: Callable[..., Any]) -> bool:
    """Whether a function, with those of its author that it calls, uses NumPy and no framework.

    >>> is_numpy_function(lambda x: np.exp(x)), is_numpy_function(lambda x: x * x)
    (True, False)
    """
    return are_numpy(list_called_functions(function))


def are_numpy(functions: list[types.FunctionType]) -> bool:
    """Whether functions use NumPy, and none of them a framework."""
    roots: set[str] = set()
    attributes: set[str] = set()
    for inner in functions:
        for code in list_codes(inner.__code__):
            values = [inner.__globals__[n] for n in code.co_names if n in inner.__globals__]
            roots |= {find_root(value) for value in values} | set(code.co_names) & FRAMEWORK_ROOTS
            attributes |= set(code.co_names) & TENSOR_ATTRIBUTES
        roots |= {find_root(kind) for kind in inner.__annotations__.values()}
    return "numpy" in roots and not roots & FRAMEWORK_ROOTS and not attributes


def list_called_functions(function: Callable[..., Any]) -> list[types.FunctionType]:
    """Return a function and the plain functions that it may call, by the names it uses."""
    first = inspect.unwrap(function)
    found = [first] if isinstance(first, types.FunctionType) else []
    for inner in found:  # which grows
        names = [name for code in list_codes(inner.__code__) for name in code.co_names]
        values = [inspect.unwrap(v) for n in names if callable(v := inner.__globals__.get(n))]
        for value in values:
            own = isinstance(value, types.FunctionType) and find_root(value) != "numpy"
            if own and value not in found and find_root(value) not in FRAMEWORK_ROOTS:
                found.append(value)
    return found


def list_codes(code: types.CodeType) -> Iterator[types.CodeType]:
    """Yield a code object and those of the functions inside it."""
    yield code
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            yield from list_codes(const)


def find_root(value: Any) -> str:
    """Return the package that something comes from: a class by its bases too, a value by its type.

    >>> find_root(np), find_root(np.exp), find_root(3)
    ('numpy', 'numpy', 'builtins')
    """
    if isinstance(value, types.ModuleType):
        return value.__name__.partition(".")[0]
    kinds = value.__mro__ if isinstance(value, type) else (value, *type(value).__mro__)
    roots = [str(getattr(kind, "__module__", "") or "").partition(".")[0] for kind in kinds]
    return next((root for root in roots if root in FRAMEWORK_ROOTS | {"numpy"}), roots[-1])
