"""Operators on numbers: those that people write in such places, and neighbours of the one there."""

import ast
from collections.abc import Iterator

from .context import NUMPY_NAMES, Change, Context, call_numpy, fresh

# Epsilons, momenta, rates, slopes, masks: what stands in published code of this kind.
USUAL = (
    0.0, 1.0, 2.0, 0.5, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-12, 0.1, 0.2, 0.01, 0.9, 0.99, 0.999,
    0.75, 0.25, 1.5, 3.0, 1.702, 0.044715, 1e4, -1e9, -10.0,
)  # fmt: skip
LARGEST = 1e300  # that is changed: a larger one has no neighbours
DIGITS = 12  # that a neighbour is written with
INSTEAD_OF_INFINITY = (1e9, 1e10, 1e8, 1e4, 1e5, 1e20, 1e-9, 0.0)


def change_number(node: ast.expr, context: Context) -> Iterator[Change]:
    """Another number."""
    if not isinstance(node, ast.Constant) or type(node.value) not in (int, float):
        return
    value = node.value
    assert isinstance(value, int | float)
    if abs(value) > LARGEST:
        return
    whole = isinstance(value, int)
    beside = (value + 1, value - 1, value * 2, value / 2, -value, value * 10, value / 10)
    near = [float(f"{number:.{DIGITS}g}") for number in beside]  # 1e-05, not 9.999999999999999e-06
    for number in dict.fromkeys((*near, *USUAL)):
        if number == value or (whole and not float(number).is_integer() and number not in (0.5,)):
            continue
        new = int(number) if whole and float(number).is_integer() else float(number)
        cost = 0.9 if number in near else 1.0
        yield Change(f"{new:g} for {value:g}", ast.Constant(new), cost)


def is_fraction(node: ast.expr) -> bool:
    """Whether an expression is a fraction, or is computed of numbers alone."""
    if isinstance(node, ast.Constant):
        return type(node.value) is float
    if not isinstance(node, ast.Call | ast.BinOp):
        return False
    names = [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]
    return all(name in NUMPY_NAMES for name in names)


def round_number(node: ast.expr, context: Context) -> Iterator[Change]:
    """Yield a fraction as float32 holds it; a finite number for an infinite one."""
    if is_fraction(node):
        single = call_numpy("float64", call_numpy("float32", fresh(node)))
        yield Change(f"{ast.unparse(node)} rounded to float32", single, 1.2)
    if isinstance(node, ast.Attribute) and node.attr == "inf":
        for number in INSTEAD_OF_INFINITY:
            yield Change(f"{number:g} for infinity", ast.Constant(number), 0.9)


def change_truth(node: ast.expr, context: Context) -> Iterator[Change]:
    """Yield True for False, and the reverse."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield Change(f"{not node.value} for {node.value}", ast.Constant(not node.value), 0.7)


OPERATORS = (change_number, round_number, change_truth)
