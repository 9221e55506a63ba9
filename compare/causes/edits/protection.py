"""Operators on what keeps from zero and infinity: clipped, an epsilon elsewhere, NaN replaced."""

import ast
import itertools
from collections.abc import Iterator

from .context import (
    Change,
    Context,
    JointChange,
    call_numpy,
    fill,
    fresh,
    get_called_name,
    get_operand,
    with_operand,
)

LEAST = ("1e-07", "1e-08", "1e-10", "1e-12", "1e-15", "1e-06", "1e-05")
BOUNDS = ("np.clip(Z, E, 1 - E)", "np.clip(Z, E, 1)", "np.maximum(Z, E)")
RANGES = ("np.clip(Z, 0, 1)", "np.clip(Z, -1, 1)", "np.maximum(Z, 0)", "np.nan_to_num(Z)",
          "np.clip(Z, 1e-07, 1 - 1e-07)", "np.clip(Z, 1e-08, 1 - 1e-08)")  # fmt: skip

LOGARITHMS = ("np.log(np.exp(Z) + E)", "np.maximum(Z, np.log(E))")  # of what is one already


def protect(node: ast.expr, context: Context) -> Iterator[Change]:
    """Yield the argument of a logarithm, or what is divided by, kept from zero."""
    if isinstance(node, ast.Call) and get_called_name(node) in ("log", "log2", "log10"):
        operand = get_operand(node)
        for bound, least in itertools.product(BOUNDS, LEAST) if operand is not None else ():
            assert operand is not None
            inner = fill(bound.replace("E", least), operand)
            yield Change("logarithm kept from zero", with_operand(node, inner), 1.0)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        if isinstance(node.right, ast.Constant):
            return
        for least in LEAST:
            kept = fill(f"np.maximum(Z, {least})", node.right)
            yield Change("division kept from zero", ast.BinOp(fresh(node.left), node.op, kept), 1.1)


def add_epsilon(node: ast.expr, context: Context) -> Iterator[Change]:
    """Yield an argument of the function's added below a line or a root; its square, its root."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        for text in ("Z**2", "np.sqrt(Z)") if node.id in context.fractions else ():
            yield Change(text.replace("Z", node.id), fill(text, node), 1.0)
        return
    for name in context.fractions:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            below = fill(f"Z + {name}", node.right)
            yield Change(f"{name} added", ast.BinOp(fresh(node.left), node.op, below), 1.1)
        if isinstance(node, ast.Call) and get_called_name(node) in ("sqrt", "log", "norm"):
            operand = get_operand(node)
            if operand is not None:
                inner = fill(f"Z + {name}", operand)
                yield Change(f"{name} added", with_operand(node, inner), 1.1)


def limit_value(node: ast.expr, context: Context) -> Iterator[Change]:
    """Yield what is set or returned, limited to a range, or its NaN replaced."""
    if any(node is value for value in context.results) and not isinstance(node, ast.Tuple):
        for text in RANGES:
            yield Change("limited", fill(text, node), 1.1)
        for least in LEAST if "log" in ast.unparse(node) else ():
            for text in LOGARITHMS:
                inside = fill(text.replace("E", least), node)
                yield Change("logarithm kept from minus infinity", inside, 1.2)


def let_pass(node: ast.expr, context: Context) -> Iterator[Change]:
    """Yield one bound of a clip alone."""
    if not isinstance(node, ast.Call) or get_called_name(node) != "clip" or len(node.args) != 3:
        return
    inner, low, high = (fresh(argument) for argument in node.args)
    yield Change("lower bound alone", call_numpy("maximum", inner, low), 0.9)
    yield Change("upper bound alone", call_numpy("minimum", fresh(inner), high), 0.9)


def clip_arguments(context: Context) -> Iterator[JointChange]:
    """Yield two arguments clipped alike."""
    for pair in itertools.combinations(context.arguments, 2):
        nodes = [n for name in pair for n in context.loads.get(name, [])]
        for bound, least in itertools.product(BOUNDS, LEAST[:4]):
            if all(name in context.loads for name in pair):
                text = bound.replace("E", least)
                places = [(node, fill(text, node)) for node in nodes]
                yield JointChange(f"{' and '.join(pair)} clipped", places, 1.3)


OPERATORS = (protect, add_epsilon, limit_value, let_pass)
JOINT_OPERATORS = (clip_arguments,)
