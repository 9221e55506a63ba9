"""A network written as functions over its parameters, as a class."""

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...ports.user_code.view import AuthorNames
from ..adapters import PARAMS
from .layout import PARAMETER_SPELLINGS, compute_shapes
from .near_names import split_words
from .spellings import METHOD_SPELLINGS, normalise_name

INIT_WORDS = {"init", "initialize", "initialise", "create", "make", "build", "new", "initial"}
PARAMETER_WORDS = {
    "params", "parameters", "param", "weights", "network", "net", "model", "nn", "theta", "mlp",
}  # fmt: skip
FORWARD_WORDS = {
    "forward", "predict", "feedforward", "inference", "propagate", "propagation", "apply",
}  # fmt: skip
HOLDERS = {
    "params", "parameters", "param", "network", "net", "model", "weights", "theta", "state", "p",
    "variables", "ws", "w",
}  # fmt: skip
OTHER_WORDS = {"backward", "back", "backprop", "train", "update", "plot", "test", "loss", "print"}
# The methods of three arguments: by a word in the function's name.
METHOD_WORDS = {
    "loss": {"loss", "cost"},
    "accuracy": {"accuracy", "acc"},
    "numerical_gradient": {"numerical", "numeric"},
    "gradient": {"grad", "grads", "gradient", "gradients", "backprop", "backward"},
}


class FunctionalNet:
    """A network made of functions; its other forward passes are methods under their own names."""


def find_functional_net(
    own: AuthorNames, array: Callable[[np.ndarray], Any]
) -> tuple[list[str], Callable[..., Any]] | None:
    """Return the names of the functions that are a network, its forward pass first, and its class.

    None if there is no forward pass that takes the parameters and the input.

    array: to the port's own kind.
    """
    functions = {
        name: value
        for name in dict.fromkeys([*own.defined(), *own.names()])
        if inspect.isfunction(value := getattr(own.module, name, None))
    }
    passes = {
        name: call
        for name, function in functions.items()
        if is_forward(name) and (call := bind_parameters(function, 1))
    }
    if not passes:
        return None
    first = min(passes, key=lambda name: "predict" in split_words(name))  # it may give labels
    named = list_own_parameters(functions[first])
    makers = [name for name in functions if is_maker(name)]
    methods: dict[str, str] = {}
    for name, function in functions.items():
        wanted = find_method(name)
        if name != first and wanted and wanted not in methods and bind_parameters(function, 2):
            methods[wanted] = name
    others = {name: call for name, call in passes.items() if name not in METHOD_SPELLINGS}
    calls = (
        others
        | {"predict": passes[first]}
        | {wanted: bind_parameters(functions[name], 2) for wanted, name in methods.items()}
    )
    make: Callable[..., Any] | None = functions[makers[0]] if len(makers) == 1 else None
    if named:
        make = choose_maker(functions[first], named, passes[first], make, array)
    if make is None:
        return None
    return [first, *methods.values(), *makers], make_class(make, calls)


def choose_maker(
    function: Callable[..., Any],
    named: Mapping[str, str],
    forward: Callable[..., Any],
    make: Callable[..., Any] | None,
    array: Callable[[np.ndarray], Any],
) -> Callable[..., Any] | None:
    """Return what makes the four parameters that a function is handed one by one, as a dict.

    The file's own if it has one; else zeros, in rows or in columns, as the function takes them.
    """
    if make is not None:
        order = [
            key
            for name in inspect.signature(function).parameters
            for key in PARAMS
            if named[key] == name
        ]

        def by_name(*sizes: Any, **keywords: Any) -> Any:
            made = make(*sizes, **keywords)
            if isinstance(made, dict):
                return made
            return dict(zip(order, made, strict=True))

        by_name.__signature__ = inspect.signature(make)  # type: ignore[attr-defined]  # how it is called
        return by_name
    sizes, rows = (4, 3, 2), np.zeros((5, 4))
    for columns in (False, True):
        zeros = functools.partial(make_zeros, array, columns)
        try:
            forward(zeros(*sizes), array(rows.T if columns else rows))
        # what fails over rows may take columns
        except Exception:  # noqa: BLE001  # a user's code may raise anything
            continue
        return zeros
    return None


def is_forward(name: str) -> bool:
    """Whether a function's name says that it is a forward pass."""
    words = set(split_words(name))
    return bool(words & FORWARD_WORDS or normalise_name(name) in PARAMETER_WORDS) and not (
        words & (OTHER_WORDS | INIT_WORDS)
    )


def is_maker(name: str) -> bool:
    """Whether a function's name says that it makes the parameters."""
    words = set(split_words(name))
    return bool(words & INIT_WORDS and words & PARAMETER_WORDS)


def find_method(name: str) -> str:
    """Return the contract's method that a function's name tells, or ""."""
    words = set(split_words(name))
    return next((wanted for wanted, known in METHOD_WORDS.items() if words & known), "")


def list_own_parameters(function: Callable[..., Any]) -> dict[str, str]:
    """Return the contract's parameters to the arguments that they are, if each is one."""
    names = list(inspect.signature(function).parameters)
    found = {
        key: name
        for key in PARAMS
        for name in names
        if normalise_name(name) in PARAMETER_SPELLINGS[key]
    }
    return found if len(found) == len(PARAMS) else {}


def bind_parameters(function: Callable[..., Any], others: int) -> Callable[..., Any] | None:
    """Return call(held, *arguments) of a function over parameters; None if it is none.

    others: how many arguments it takes beside them.
    """
    parameters = inspect.signature(function).parameters
    required = [name for name, p in parameters.items() if p.default is p.empty]
    named = list_own_parameters(function)
    holders = [name for name in required if normalise_name(name) in HOLDERS]
    taken = set(named.values()) if named else set(holders[:1])
    rest = [name for name in required if name not in taken]
    if not taken or len(rest) != others:
        return None

    def call(held: Any, *arguments: Any) -> Any:
        given = {named[key]: held[key] for key in named} or {holders[0]: held}
        return function(**given, **dict(zip(rest, arguments, strict=True)))

    return call


def make_zeros(
    array: Callable[[np.ndarray], Any],
    columns: bool,
    input_size: int,
    hidden_size: int,
    output_size: int,
) -> dict[str, Any]:
    """Return zeros for parameters, of samples as rows or as columns."""
    shapes = compute_shapes((input_size, hidden_size, output_size))
    if columns:
        shapes = {
            key: shape[::-1] if len(shape) == 2 else (*shape, 1) for key, shape in shapes.items()
        }
    return {key: array(np.zeros(shape)) for key, shape in shapes.items()}


def make_class(
    make: Callable[..., Any], calls: Mapping[str, Callable[..., Any] | None]
) -> Callable[..., Any]:
    """Return a function of make's arguments that returns a network with these methods."""

    def method(call: Callable[..., Any]) -> Callable[..., Any]:
        return lambda self, *arguments: call(thaw(self.params, self.form), *arguments)

    kind = type(
        "FunctionalNet",
        (FunctionalNet,),
        {key: method(call) for key, call in calls.items() if call},
    )

    def build(*args: Any, **keywords: Any) -> Any:
        net: Any = kind()
        made = make(*args, **keywords)
        net.params, net.form = melt(made), freeze_form(made)
        return net

    build.__signature__ = inspect.signature(make)  # type: ignore[attr-defined]  # how it is called
    return build


def melt(value: Any) -> Any:
    """Return parameters in lists for tuples, so that they can be set."""
    if isinstance(value, list | tuple):
        return [melt(item) for item in value]
    return {key: melt(item) for key, item in value.items()} if isinstance(value, dict) else value


def freeze_form(value: Any) -> Any:
    """Return where the tuples were: the nest of parameters without its arrays."""
    if isinstance(value, tuple):
        return tuple(freeze_form(item) for item in value)
    if isinstance(value, list):
        return [freeze_form(item) for item in value]
    return {k: freeze_form(v) for k, v in value.items()} if isinstance(value, dict) else None


def thaw(value: Any, form: Any) -> Any:
    """Return parameters in the nest that they were made in."""
    if isinstance(form, tuple | list):
        items = [thaw(item, inner) for item, inner in zip(value, form, strict=True)]
        return tuple(items) if isinstance(form, tuple) else items
    return {k: thaw(v, form[k]) for k, v in value.items()} if isinstance(form, dict) else value
