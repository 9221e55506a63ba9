"""What an operator is told: the function, its names, and helpers to make new expressions."""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
NUMPY_NAMES = ("np", "numpy", "math", "scipy", "special")
NodeT = TypeVar("NodeT", bound=ast.AST)


@dataclass(frozen=True)
class Change:
    """A new expression in the place of one; `cost` as of `SourceEdit`."""

    what: str
    new: ast.expr
    cost: float = 1.0


Operator = Callable[[ast.expr, "Context"], Iterator[Change]]


class Context:
    """A function under edit."""

    def __init__(self, function: FunctionNode) -> None:
        self.function = function
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        self.arguments = [argument.arg for argument in arguments]
        stored = [
            node.id
            for node in ast.walk(function)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        ]
        self.names = list(dict.fromkeys(self.arguments + stored))
        defaults = [*function.args.defaults, *filter(None, function.args.kw_defaults)]
        given = self.arguments[len(self.arguments) - len(defaults) :]
        # arguments whose default is a fraction: rates, momenta, shares
        self.fractions = [
            name
            for name, value in zip(given, defaults, strict=True)
            if isinstance(value, ast.Constant) and type(value.value) is float
        ]


def fresh(node: NodeT) -> NodeT:
    """Return a copy: no node may stand in two places of a tree."""
    return copy.deepcopy(node)


def call_numpy(name: str, *arguments: ast.expr) -> ast.Call:
    """Return a call of one of NumPy's functions."""
    return ast.Call(
        ast.Attribute(ast.Name("np", ast.Load()), name, ast.Load()), list(arguments), []
    )


def call_method(owner: ast.expr, name: str, *arguments: ast.expr) -> ast.Call:
    """Return a call of a method."""
    return ast.Call(ast.Attribute(owner, name, ast.Load()), list(arguments), [])


def get_called_name(call: ast.Call) -> str:
    """Return the last name of what is called."""
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def is_module(node: ast.expr) -> bool:
    """Whether an expression is a module of functions: np, np.linalg, math."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in NUMPY_NAMES


def get_operand(call: ast.Call) -> ast.expr | None:
    """Return what a call is made of: the owner of a method, else the first argument."""
    function = call.func
    if isinstance(function, ast.Attribute) and not is_module(function.value):
        made = isinstance(function.value, ast.Call) and not function.value.args
        return None if made else function.value
    return call.args[0] if call.args else None


def with_operand(call: ast.Call, new: ast.expr) -> ast.Call:
    """Return a call of the same function on another operand."""
    changed = fresh(call)
    if isinstance(changed.func, ast.Attribute) and not is_module(changed.func.value):
        changed.func.value = new
    else:
        changed.args[0] = new
    return changed


def negate(node: ast.expr) -> ast.expr:
    """Return minus an expression."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return fresh(node.operand)
    return ast.UnaryOp(ast.USub(), fresh(node))
