"""Operators on masks: applied after what they are meant to be applied before, as a softmax."""

import ast
from collections.abc import Iterator

from .context import Context, JointChange, fill, fresh, get_called_name, is_module

LARGE = 100.0  # a number that is added to hide, or put in the place of what is hidden
Place = tuple[ast.expr, ast.expr]


def mask_later(context: Context) -> Iterator[JointChange]:
    """Yield what is hidden before a line, not hidden there and set to 0 in a later one."""
    for first, statement in enumerate(context.statements):
        for dropped, seen in list_masks(statement):
            for later in context.statements[first + 1 :]:
                value = getattr(later, "value", None)
                if value is None or isinstance(later, ast.Expr) or isinstance(value, ast.Tuple):
                    continue
                hidden = fill(seen, value)
                yield JointChange("masked later", [dropped, (value, hidden)], 0.9)
                if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Div):
                    inside = ast.BinOp(fill(seen, value.left), value.op, fresh(value.right))
                    yield JointChange("masked later", [dropped, (value, inside)], 1.0)


def list_masks(statement: ast.stmt) -> Iterator[tuple[Place, str]]:
    """Yield what hides in a statement with what stands there without it, and how to set to 0."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and get_called_name(node) == "where" and len(node.args) == 3:
            condition, then, otherwise = node.args
            shown = ast.unparse(condition)
            if is_large(otherwise):
                yield (node, fresh(then)), f"np.where({shown}, Z, 0.0)"
            elif is_large(then):
                yield (node, fresh(otherwise)), f"np.where({shown}, 0.0, Z)"
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            for kept, term in ((node.left, node.right), (node.right, node.left)):
                if any(map(is_large, list_expressions(term))):
                    # what is added is no less than half of it where it hides
                    shown = ast.unparse(term)
                    yield (node, fresh(kept)), f"np.where({shown} < -{LARGE}, 0.0, Z)"
    if isinstance(statement, ast.Assign) and is_large(statement.value):
        target = statement.targets[0]
        if isinstance(target, ast.Subscript):
            same = ast.Subscript(fresh(target.value), fresh(target.slice), ast.Load())
            shown = ast.unparse(target.slice)
            yield (statement.value, same), f"np.where({shown}, 0.0, Z)"


def list_expressions(node: ast.expr) -> list[ast.expr]:
    """Return an expression's parts."""
    return [inner for inner in ast.walk(node) if isinstance(inner, ast.expr)]


def is_large(node: ast.expr) -> bool:
    """Whether an expression is minus a large number, or minus infinity."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = node.operand
        if isinstance(inner, ast.Attribute):
            return inner.attr == "inf" and is_module(inner)
        number = inner.value if isinstance(inner, ast.Constant) else 0
        return isinstance(number, int | float) and number > LARGE
    return False


JOINT_OPERATORS = (mask_later,)
