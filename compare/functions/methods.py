"""The methods of a class that is asked for by its name, as functions."""

import dis
import functools
import inspect
import types
from collections.abc import Callable, Mapping
from typing import Any

from ..ports.user_code.errors import TargetError, format_error

HOW = "give both files a function that makes the object and calls it"
Methods = dict[str, Callable[..., Any]]


def find_methods(module: types.ModuleType, dotted: str, notes: list[str]) -> Methods:
    """Return the public methods of a class that is named, or of which one is, as functions.

    A method that does not use its object needs none; the others have one that the class makes
    without arguments. notes: grows by how they are called. Raises TargetError if there are none.
    """
    owner, _, name = dotted.rpartition(".")
    holder = follow(module, owner) if owner else None
    if isinstance(holder, type):
        dotted = owner
    else:
        holder, name = follow(module, dotted), ""
    if not isinstance(holder, type):
        raise TargetError(f"{dotted} is no class, and no method of one: {HOW}")
    own = [cls for cls in reversed(inspect.getmro(holder)) if cls.__module__ == holder.__module__]
    names = dict.fromkeys(n for cls in own for n in vars(cls) if not n.startswith("_"))
    found = {n: inspect.getattr_static(holder, n) for n in names}
    methods = {
        n: getattr(holder, n)
        for n, value in found.items()
        if isinstance(value, staticmethod | classmethod)
    }
    plain = {n: value for n, value in found.items() if isinstance(value, types.FunctionType)}
    free = {n: value for n, value in plain.items() if is_without_object(value)}
    methods |= {n: functools.partial(value, None) for n, value in free.items()}
    if told := [n for n in free if name in ("", n)]:
        notes.append(f"without an object, which they do not use, were called: {', '.join(told)}")
    others = {n: value for n, value in plain.items() if n not in free and name in ("", n)}
    methods |= bind(holder, others, notes)
    if name and name not in methods and not others:
        raise TargetError(f"{dotted} has no method {name}: it has {', '.join(methods) or 'none'}")
    if name not in {"", *methods} or not methods:
        raise TargetError(f"{dotted} has no method that can be called: {'; '.join(notes) or HOW}")
    return {n: methods[n] for n in names if n in methods}


def bind(cls: type, methods: Mapping[str, types.FunctionType], notes: list[str]) -> Methods:
    """Return methods that need an object with one; none where it cannot be made."""
    if not methods:
        return {}
    names = ", ".join(methods)
    try:
        made = cls()
    except Exception as error:  # noqa: BLE001  # the user's class may raise anything
        notes.append(
            f"not compared: {names}: {cls.__name__}() failed: {format_error(error)}: {HOW}"
        )
        return {}
    notes.append(f"on one {cls.__name__}() for all calls were called: {names}")
    return {name: functools.partial(method, made) for name, method in methods.items()}


def follow(module: types.ModuleType, dotted: str) -> Any:
    """Return what a dotted name stands for in a module. Raises TargetError."""
    holder: Any = module
    for part in dotted.split("."):
        if not hasattr(holder, part):
            raise TargetError(f"there is no {dotted}: {part} is not there")
        holder = getattr(holder, part)
    return holder


def is_without_object(method: types.FunctionType) -> bool:
    """Whether a method never uses its first argument.

    >>> class Half:
    ...     def of(self, x):
    ...         return x / 2
    ...     def again(self, x):
    ...         return self.of(self.of(x))
    >>> is_without_object(Half.of), is_without_object(Half.again)
    (True, False)
    """
    code = method.__code__
    if not code.co_argcount or "__class__" in code.co_freevars:
        return False
    first = code.co_varnames[0]
    return all(step.argval != first for step in dis.get_instructions(code))
