"""The arguments of a call by the reference's names of them, and how each side takes them.

What a reference takes as `*rest` is a tuple under that name; what goes into its `**more` stands
under names of its own.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Parameter = inspect.Parameter
STARS: dict[Any, str] = {Parameter.VAR_POSITIONAL: "*", Parameter.VAR_KEYWORD: "**"}
BY_PLACE = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
SPECIAL_FLAGS = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS


class ArgumentsError(TypeError):
    """The port's function cannot be called with the reference's arguments; says both signatures."""


def read_signature(function: Callable[..., Any]) -> inspect.Signature | None:
    """Return the signature of a function; None for one in C that has none."""
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return None


def list_parameters(function: Callable[..., Any]) -> list[str]:
    """Return the names of a function's parameters in order, with the stars of its signature.

    >>> list_parameters(lambda x, *rest, eps=0.1, **more: x)
    ['x', '*rest', 'eps', '**more']
    >>> list_parameters(lambda x, *, eps: x)
    ['x', '*', 'eps']
    """
    signature = read_signature(function)
    parameters = list(signature.parameters.values()) if signature is not None else []
    found = [STARS.get(one.kind, "") + one.name for one in parameters]
    by_name = [n for n, one in enumerate(parameters) if one.kind is Parameter.KEYWORD_ONLY]
    if by_name and not any(one.kind is Parameter.VAR_POSITIONAL for one in parameters):
        found.insert(by_name[0], "*")
    return found


def list_defaults(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the defaults of a function that can be written down, by parameter.

    >>> list_defaults(lambda x, eps=1e-5, axis=(0, 1), out=[]: x)
    {'eps': 1e-05, 'axis': (0, 1)}
    """
    signature = read_signature(function)
    return {
        name: one.default
        for name, one in (signature.parameters.items() if signature is not None else ())
        if one.default is not Parameter.empty and is_plain(one.default)
    }


def is_plain(value: Any) -> bool:
    """Whether a value is a number, a word, None, or a tuple of these."""
    if isinstance(value, tuple):
        return all(map(is_plain, value))
    return value is None or type(value) in (bool, int, float, str)


def name_arguments(function: Callable[..., Any], arguments: Any) -> dict[str, Any] | None:
    """Return the arguments of a call by name, None if they do not fit.

    arguments: by name, in order, or the only one.
    """
    signature = read_signature(function)
    if signature is None:
        return None
    try:
        if isinstance(arguments, Mapping):
            given, more = spread(signature, arguments)
            return flatten_bound(signature.bind(*given, **more))
        if isinstance(arguments, tuple | list):
            return flatten_bound(signature.bind(*arguments))
        return flatten_bound(signature.bind(arguments))
    except TypeError:
        return None


def flatten_bound(bound: inspect.BoundArguments) -> dict[str, Any]:
    """Return bound arguments by name."""
    found: dict[str, Any] = {}
    for name, value in bound.arguments.items():
        more = bound.signature.parameters[name].kind is Parameter.VAR_KEYWORD
        found.update(value if more else {name: value})
    return found


def call_by_name(function: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    """Return what a function gives for arguments by its own names of them."""
    code = getattr(function, "__code__", None)
    if code is not None and not code.co_posonlyargcount and not code.co_flags & SPECIAL_FLAGS:
        return function(**arguments)
    signature = read_signature(function)
    given, more = ([], dict(arguments)) if signature is None else spread(signature, arguments)
    return function(*given, **more)


def spread(
    signature: inspect.Signature, arguments: Mapping[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Return (args, kwargs) to call a function by its own names with. Raises TypeError."""
    parameters = list(signature.parameters.values())
    rest = next((p.name for p in parameters if p.kind is Parameter.VAR_POSITIONAL), "")
    left = {name: value for name, value in arguments.items() if name != rest}
    several = arguments.get(rest, ())
    if not isinstance(several, tuple | list):
        several = [several]  # of `*rest` one alone, written as such
    by_place = [p for p in parameters if p.kind in BY_PLACE]
    if not several:  # those alone that have to be
        by_place = [p for p in by_place if p.kind is Parameter.POSITIONAL_ONLY]
        while by_place and by_place[-1].name not in left:
            by_place.pop()
    args: list[Any] = []
    for one in by_place:
        if one.name not in left and one.default is Parameter.empty:
            raise TypeError(f"missing a required argument: {one.name!r}")
        args.append(left.pop(one.name, one.default))
    return [*args, *several], left


def bind_arguments(
    function: Any,
    arguments: Mapping[str, Any],
    names: Sequence[str],
    defaults: Mapping[str, Any] | None = None,
) -> tuple[list[Any], dict[str, Any]]:
    """Return (args, kwargs) to call another function of the same purpose with.

    By name what both call the same, the others in order. names: of `list_parameters` of the
    reference. defaults: its own, for what the function must be given and the call does not give.
    Raises ArgumentsError.
    """
    signature = read_signature(function)
    if signature is None:  # of a function in C: as a mathematician would call it
        return list_in_order(arguments, names)
    parameters = signature.parameters.values()
    own = [p.name for p in parameters if p.kind not in STARS]
    kinds = {p.kind: p.name for p in parameters}
    rest = next((name[1:] for name in names if name[:1] == "*" != name[1:2]), "")
    several = kinds.get(Parameter.VAR_POSITIONAL, "")
    if several and not own:  # a wrapper that hands on what it is given
        return list_in_order(arguments, names)
    pairs = pair_parameters(own, [n for n in names if n.isidentifier()], kinds)
    pairs[rest] = several or rest
    arguments = {**find_lacking_defaults(signature, pairs, defaults or {}), **arguments}
    try:
        if rest in arguments and not several and rest not in own:  # each has a name of its own
            args, kwargs = list_in_order(arguments, names)
        else:
            renamed = {pairs.get(name, name): value for name, value in arguments.items()}
            args, kwargs = spread(signature, renamed)
        signature.bind(*args, **kwargs)
    except TypeError as error:
        told = describe_misfit(function, signature, arguments)
        raise ArgumentsError(f"{told}: {error}") from error
    return args, kwargs


def find_lacking_defaults(
    signature: inspect.Signature, pairs: Mapping[str, str], defaults: Mapping[str, Any]
) -> dict[str, Any]:
    """Return those of the reference's defaults that a function has none for and must be given.

    pairs: its own name of each of the reference's parameters.
    """
    own = signature.parameters
    needed = {n for n, p in own.items() if p.default is p.empty and p.kind not in STARS}
    return {name: value for name, value in defaults.items() if pairs.get(name, name) in needed}


def describe_lacking_defaults(
    function: Callable[..., Any], names: Sequence[str], defaults: Mapping[str, Any]
) -> list[str]:
    """Return a sentence for each default of the reference's that a port's function lacks.

    >>> describe_lacking_defaults(lambda x, delta: x, ["x", "delta"], {"delta": 1.35})
    ["has no default for delta: the reference's 1.35 is given where a call leaves it out"]
    """
    signature = read_signature(function)
    if signature is None:
        return []
    own = signature.parameters.values()
    kinds = {p.kind: p.name for p in own}
    mine = [p.name for p in own if p.kind not in STARS]
    pairs = pair_parameters(mine, [n for n in names if n.isidentifier()], kinds)
    return [
        f"has no default for {pairs.get(name, name)}: the reference's {value!r} is given where a "
        "call leaves it out"
        for name, value in find_lacking_defaults(signature, pairs, defaults).items()
    ]


def pair_parameters(
    own: Sequence[str], names: Sequence[str], kinds: Mapping[Any, str]
) -> dict[str, str]:
    """Return the port's name of each of the reference's parameters that the port has.

    What neither calls as the other does is paired in order.
    """
    theirs = [name for name in names if name not in own]
    mine = [name for name in own if name not in names]
    found = {name: name for name in names if name in own}
    if Parameter.VAR_KEYWORD in kinds and not mine:
        return found
    return found | dict(zip(theirs, mine, strict=False))


def list_in_order(
    arguments: Mapping[str, Any], names: Sequence[str]
) -> tuple[list[Any], dict[str, Any]]:
    """Return (args, kwargs) by place up to the first that is not given, the others by name."""
    args: list[Any] = []
    left = dict(arguments)
    for name in names:
        plain = name.lstrip("*")
        if name.startswith("**") or plain not in left:
            break
        value = left.pop(plain)
        args += value if name.startswith("*") else [value]
    return args, left


def describe_misfit(function: Any, signature: inspect.Signature, arguments: Any) -> str:
    """Say which arguments the reference is called with, and which the port takes."""
    name = getattr(function, "__name__", "the function")
    return f"{name}{signature} cannot be called with the reference's ({', '.join(arguments)})"
