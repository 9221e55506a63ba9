"""Which model a user's file has: the one that was named, or the only one that can be made."""

import functools
import inspect
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from ..ports.user_code.errors import TargetError, UserCodeExit, format_error
from ..ports.user_code.open import LoadedTarget
from ..ports.user_code.target import Target
from .model_makers import is_model_maker, list_makers, list_used

MAKERS = ("make", "build", "create", "get", "model", "net", "load")  # words in a factory's name


@dataclass(frozen=True)
class FoundModel:
    """A model, and the name that it has, or that makes it, in its file.

    maker: what makes another one like it; None for a model that the file has made itself. failed:
    what was said where other makers of the file gave none.
    """

    name: str
    model: Any
    maker: Callable[[], Any] | None = None
    failed: tuple[str, ...] = ()


def find_model(opened: LoadedTarget, asked: Target) -> FoundModel:
    """Return the model of a file that is open. Raises TargetError if there is no one model."""
    bases = list_bases(opened.kind.name)
    module = opened.loaded.module
    if asked.name is not None:
        return make_named(module, asked, bases, opened.kind.name)
    own = [n for n in opened.own.names() if not n.startswith("_")]
    own += [n for n in opened.own.defined() if n not in own and not n.startswith("_")]
    values = {name: getattr(module, name) for name in own if hasattr(module, name)}
    makers = list_makers(values, bases)
    used = list_used(values, makers)  # as an encoder that the class of the model takes
    made = {n: v for n, v in values.items() if isinstance(v, bases) and n not in used}
    found = [FoundModel(name, model) for name, model in made.items()]
    outer = {name: maker for name, maker in makers.items() if name not in used}
    found = drop_parts(found) or make_outer(outer, bases) or make_by_names(values, bases)
    functions = list_plain_functions(values, bases)
    if not found and len(functions) == 1:
        [name] = functions
        found = [FoundModel(name, wrap_function(opened.kind.name, name, functions[name]))]
    if len(found) == 1:
        return found[0]
    names = ", ".join(one.name for one in found) or ", ".join(values) or "nothing"
    told = "several models" if found else "no model that can be made without arguments"
    also = "; a function of tensors is compared if it is named so on both sides" * bool(functions)
    raise TargetError(
        f"{asked.text} has {told} ({names}): name one, as file.py:Name, or a function without "
        f"arguments that makes it{also}"
    )


def drop_parts(found: Sequence[FoundModel]) -> list[FoundModel]:
    """Return the models that are no part of another one of them."""

    def list_parts(model: Any) -> set[int]:
        parts = model.modules() if hasattr(model, "modules") else model._flatten_layers()
        return {id(part) for part in parts if part is not model}

    parts = set().union(*(list_parts(one.model) for one in found))
    return [one for one in found if id(one.model) not in parts]


def list_bases(framework: str) -> tuple[type, ...]:
    """Return the classes that a framework's models are of."""
    if framework == "torch":
        return (import_module("torch").nn.Module,)
    if framework.startswith("keras"):
        return (import_module("keras").layers.Layer,)
    return ()


def make_named(
    module: types.ModuleType, asked: Target, bases: tuple[type, ...], framework: str
) -> FoundModel:
    """Return the model that the user named. Raises TargetError if it is none."""
    assert asked.name is not None
    value: Any = module
    for part in asked.name.split("."):
        if not hasattr(value, part):
            raise TargetError(f"{asked.text}: there is no {asked.name}")
        value = getattr(value, part)
    own = isinstance(value, bases)
    if bases and not (own or asked.arguments) and list_plain_functions({asked.name: value}, bases):
        return FoundModel(asked.name, wrap_function(framework, asked.name, value))
    name, maker = asked.name, value
    if asked.arguments:
        name += asked.arguments
        maker = functools.partial(eval, name, vars(module))  # what the user typed
    model = value if own else make(name, maker, bases)
    if not isinstance(model, bases):
        kind = type(model).__name__
        raise TargetError(f"{asked.text}: {name} gives no model of its framework (got {kind})")
    return FoundModel(name, model, None if own else maker)


def make(name: str, maker: Any, bases: tuple[type, ...]) -> Any:
    """Return what a class or a function makes. Raises TargetError if it needs arguments."""
    if not callable(maker):
        return maker
    if needed := list_needed(maker):
        raise TargetError(
            f"{name} needs arguments ({', '.join(needed)}): name it with them, as "
            f"'file.py:{name}({', '.join(f'{n}=...' for n in needed)})', or a function without "
            f"arguments that makes it"
        )
    try:
        return maker()
    except (Exception, SystemExit, UserCodeExit) as error:
        told = name if name.endswith(")") else f"{name}()"
        raise TargetError(f"{told} failed: {format_error(error)}") from error


def list_needed(maker: Any) -> list[str]:
    """Return the arguments that a class or function cannot be called without."""
    try:
        parameters = inspect.signature(maker).parameters.values()
    except (TypeError, ValueError):
        return []
    open_kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [p.name for p in parameters if p.default is p.empty and p.kind not in open_kinds]


def make_outer(outer: Mapping[str, Any], bases: tuple[type, ...]) -> list[FoundModel]:
    """Return the models of the file's makers that are no part of another.

    Raises TargetError if none can be made, and why the first of them cannot.
    """
    free = {name: maker for name, maker in outer.items() if not list_needed(maker)}
    if not free and len(outer) == 1:
        free = dict(outer)  # `make` says which arguments it needs
    found, errors = [], []
    for name, maker in free.items():
        try:
            model = make(name, maker, bases)
        except TargetError as error:
            errors.append(error)
            continue
        if isinstance(model, bases):
            found.append(FoundModel(name, model, maker))
    if errors and not found:
        raise errors[0]
    return [replace(one, failed=tuple(map(str, errors))) for one in found]


def make_by_names(values: Mapping[str, Any], bases: tuple[type, ...]) -> list[FoundModel]:
    """Return what functions without arguments make whose name alone says that they make a model."""
    found = []
    for name, value in values.items():
        if isinstance(value, types.FunctionType) and is_maker(name) and not list_needed(value):
            model = make(name, value, bases)
            if isinstance(model, bases):
                found.append(FoundModel(name, model, value))
    return found


def is_maker(name: str) -> bool:
    """Whether a function's name says that it makes a model.

    >>> is_maker("build_net"), is_maker("gelu")
    (True, False)
    """
    return any(word.startswith(MAKERS) for word in name.lower().split("_"))


def list_plain_functions(values: Mapping[str, Any], bases: tuple[type, ...]) -> dict[str, Any]:
    """Return the functions that are given tensors and are no makers of models."""
    return {
        name: value
        for name, value in values.items()
        if isinstance(value, types.FunctionType)
        and not is_maker(name)
        and list_needed(value)
        and not is_model_maker(value, bases)
    }


def wrap_function(framework: str, name: str, function: Any) -> Any:
    """Return a function of a framework's tensors as a model without weights. Raises TargetError."""
    if framework == "torch":
        torch = import_module("torch")
        return type(name, (torch.nn.Module,), {"forward": staticmethod(function)})()
    if framework.startswith("keras"):

        def call(self: Any, *inputs: Any) -> Any:
            return function(*inputs)

        return type(name, (import_module("keras").layers.Layer,), {"call": call})()
    raise TargetError(
        f"{name} is a function of {framework}, and no model of torch or Keras: a reference of "
        "functions must be NumPy"
    )
