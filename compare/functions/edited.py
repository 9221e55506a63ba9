"""A reference with some of its source changed, in memory beside the original."""

import ast
import inspect
import math
import sys
import textwrap
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ..rounding.instrument import make_proxies, prepare_tree
from .reference import collect_code_names

HELD_CONSTANT = "constant"  # what an expression without a gradient is shown in


def hold_constant(value: Any) -> Any:
    """Return a value as it is: that it has no gradient changes none."""
    return value


@dataclass(frozen=True)
class FunctionSource:
    """The source of one function as it stands in its file.

    text: not indented. first_line: in file. indent: what was taken off each line.
    """

    name: str
    text: str
    file: str
    first_line: int
    indent: int = 0


def read_function(function: Callable[..., Any]) -> FunctionSource | None:
    """Return the source of a function; None for one that has none, or is no plain `def`."""
    plain = inspect.unwrap(function)
    try:
        lines, first = inspect.getsourcelines(plain)
        file = inspect.getsourcefile(plain) or ""
    except (OSError, TypeError):
        return None
    whole = "".join(lines)
    text = textwrap.dedent(whole)
    try:
        tree = ast.parse(text)
    except (SyntaxError, RecursionError):
        return None
    if not tree.body or not isinstance(tree.body[0], ast.FunctionDef):
        return None
    indent = len(lines[0]) - len(lines[0].lstrip())
    return FunctionSource(plain.__name__, text, file, first, indent)


def collect_sources(functions: Mapping[str, Callable[..., Any]]) -> dict[str, dict[str, Any]]:
    """Return file, first line and text of each function that has a source."""
    found = {name: read_function(function) for name, function in functions.items()}
    return {
        name: {"file": source.file, "line": source.first_line, "text": source.text}
        for name, source in found.items()
        if source is not None
    }


def find_helpers(
    module: types.ModuleType, function: Callable[..., Any]
) -> list[Callable[..., Any]]:
    """Return the module's own functions that one uses, however deep, the nearest first."""
    found: dict[str, Callable[..., Any]] = {}
    todo = [inspect.unwrap(function)]
    while todo:
        code = getattr(todo.pop(0), "__code__", None)
        for name in sorted(collect_code_names(code)) if code is not None else ():
            value = vars(module).get(name)
            if not isinstance(value, types.FunctionType) or value.__module__ != module.__name__:
                continue
            if name not in found and value is not function:
                found[name] = value
                todo.append(value)
    return list(found.values())


def build_edited(
    module: types.ModuleType,
    name: str,
    sources: Mapping[str, str],
    file: str,
    more: Mapping[str, Any] = MappingProxyType({}),
    prepared: bool = True,
) -> Callable[..., Any]:
    """Return a function of a module in whose world others, or itself, have another source.

    sources: the new text by name. more: names that it uses beside the module's. prepared: whether
    it shall be fit for random rounding. Raises whatever running a `def` may raise.
    """
    world = {"math": math, HELD_CONSTANT: hold_constant, **vars(module), **more}
    for function, text in sources.items():
        exec(compile_definition(text, file, prepared), world)
        if world.get(function) is vars(module).get(function):
            raise ValueError(f"{function} is not defined by its source")
    others = world.items() if set(sources) - {name} else ()
    for other, value in list(others):
        if other in sources or not isinstance(value, types.FunctionType):
            continue
        if value.__globals__ is vars(module):  # a caller must see the changed one
            moved = types.FunctionType(
                value.__code__, world, value.__name__, value.__defaults__, value.__closure__
            )
            moved.__kwdefaults__ = value.__kwdefaults__
            world[other] = moved
    found = world[name]
    assert callable(found)
    return found  # type: ignore[no-any-return]


def compile_definition(text: str, file: str, prepared: bool) -> types.CodeType:
    """Return the code of a `def` without its decorators."""
    if not prepared and not text.startswith("@"):
        return compile(text, file, "exec")
    tree = ast.parse(text)
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef):
            statement.decorator_list = []
    return compile(prepare_tree(tree) if prepared else tree, file, "exec")


def instrument_function(
    function: Callable[..., Any],
) -> tuple[types.ModuleType, Callable[..., Any]]:
    """Return a copy of a function's module, and the function in it, fit for random rounding.

    A function without a source of its own, as a lambda or a method, stays as it is.
    """
    plain = inspect.unwrap(function)
    original = sys.modules.get(getattr(plain, "__module__", "") or "")
    world = types.ModuleType(getattr(original, "__name__", "reference"))
    vars(world).update(getattr(plain, "__globals__", {}))
    source = read_function(plain)
    if source is None or original is None or getattr(plain, "__closure__", None):
        return world, function
    proxies = make_proxies()
    for name, value in list(vars(world).items()):
        if isinstance(value, types.ModuleType) and value.__name__ in proxies:
            setattr(world, name, proxies[value.__name__])
    for one in [*find_helpers(original, plain), plain]:
        if (text := read_function(one)) is not None:
            made = run_source(text, world)
            setattr(world, one.__name__, made)
    return world, getattr(world, plain.__name__)


def run_source(source: FunctionSource, world: types.ModuleType) -> Callable[..., Any]:
    """Run the `def` of a source, prepared, in a module; its lines stay those of its file."""
    lines_before = "\n" * (source.first_line - 1)
    exec(compile_definition(lines_before + source.text, source.file, True), vars(world))
    found = vars(world)[source.name]
    assert callable(found)
    return found  # type: ignore[no-any-return]
