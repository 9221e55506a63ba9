"""What an operator is told: the function, its names, and helpers to make new expressions."""

import ast
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
NUMPY_NAMES = ("np", "numpy", "math", "scipy", "special")
MAX_LEVELS = 100  # of an expression that is edited: Python itself has no more than 1000
# Functions that a term may stand inside or outside of.
THROUGH = ("sqrt", "exp", "log", "abs", "mean", "sum", "max", "tanh", "square", "log1p", "var",
           "std")  # fmt: skip
NodeT = TypeVar("NodeT", bound=ast.AST)


@dataclass(frozen=True)
class Change:
    """A new expression in the place of one; `cost` as of `SourceEdit`."""

    what: str
    new: ast.expr
    cost: float = 1.0


@dataclass(frozen=True)
class JointChange:
    """Changes that are made together: each expression, and what stands in its place then."""

    what: str
    places: Sequence[tuple[ast.expr, ast.expr]]
    cost: float = 1.0


Operator = Callable[[ast.expr, "Context"], Iterator[Change]]
JointOperator = Callable[["Context"], Iterator[JointChange]]


class Context:
    """A function under edit, but for its lines that are too deep.

    names: its arguments and variables. nodes: every expression of it. loads: where each name is
    read. statements: the plain ones. results: the values that are set or returned.
    """

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
        defaults = [*function.args.defaults, *function.args.kw_defaults]
        given = self.arguments[len(self.arguments) - len(defaults) :]
        # arguments whose default is a fraction, with it: rates, momenta, shares
        self.fractions = {
            name: value.value
            for name, value in zip(given, defaults, strict=True)
            if isinstance(value, ast.Constant) and type(value.value) is float
        }
        self.nodes = [node for node in walk_function(function) if isinstance(node, ast.expr)]
        self.loads: dict[str, list[ast.expr]] = {}
        for node in self.nodes:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                self.loads.setdefault(node.id, []).append(node)
        plain = ast.Assign | ast.AugAssign | ast.Return | ast.Expr
        self.statements = [
            node
            for node in ast.walk(function)
            if isinstance(node, plain)
            and not is_text(getattr(node, "value", None))
            and not is_too_deep(node)
        ]
        values = [node.value for node in self.statements if not isinstance(node, ast.Expr)]
        self.results = [value for value in values if value is not None]


def is_text(node: ast.expr | None) -> bool:
    """Whether an expression is a text, as a docstring is."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def walk_function(function: FunctionNode) -> Iterator[ast.AST]:
    """Yield every expression of a function's body and of its defaults, but for its docstring.

    Of a plain line that is too deep, none.
    """
    docstring = ast.get_docstring(function, clean=False) is not None
    roots: list[ast.AST] = [*function.args.defaults, *filter(None, function.args.kw_defaults)]
    roots += function.body[1:] if docstring else function.body
    todo = deque(roots)
    while todo:
        node = todo.popleft()
        if isinstance(node, ast.stmt) and is_too_deep(node):
            continue
        todo.extend(ast.iter_child_nodes(node))
        yield node


def is_too_deep(statement: ast.stmt) -> bool:
    """Whether an expression of a statement's own, not of one in it, has too many levels to edit."""
    level: list[ast.AST] = [
        node for node in ast.iter_child_nodes(statement) if not isinstance(node, ast.stmt)
    ]
    for _ in range(MAX_LEVELS):
        level = [inner for node in level for inner in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True


class _Fill(ast.NodeTransformer):
    """Puts an expression in the place of each Z."""

    def __init__(self, new: ast.expr) -> None:
        self.new = new

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Return what stands in the place of a name."""
        return fresh(self.new) if node.id == "Z" else node


def fill(text: str, new: ast.expr) -> ast.expr:
    """Return the expression of a text with another in the place of each Z in it."""
    filled = _Fill(new).visit(ast.parse(text, mode="eval").body)
    assert isinstance(filled, ast.expr)
    return filled


def fresh(node: NodeT) -> NodeT:
    """Return a copy: no node may stand in two places of a tree."""
    new = type(node)()
    for name, value in vars(node).items():
        if isinstance(value, list):
            copied = [fresh(item) if isinstance(item, ast.AST) else item for item in value]
            setattr(new, name, copied)
        else:
            setattr(new, name, fresh(value) if isinstance(value, ast.AST) else value)
    return new


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
    """Return what a call is made of: the owner of a method, else the first argument.

    None where it is not one expression, as in `f()` and `f(*x)`.
    """
    function = call.func
    if isinstance(function, ast.Attribute) and not is_module(function.value):
        made = isinstance(function.value, ast.Call) and not function.value.args
        return None if made else function.value
    return call.args[0] if call.args and not isinstance(call.args[0], ast.Starred) else None


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
