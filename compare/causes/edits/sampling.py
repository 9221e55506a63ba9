"""Operators on places between pixels: corners aligned, half a pixel off."""

import ast
from collections.abc import Iterator

from .context import Change, Context, JointChange, fill, fresh


def align_corners(node: ast.expr, context: Context) -> Iterator[Change]:
    """Yield i (a - 1) / (b - 1) for (i + 0.5) a / b - 0.5."""
    found = match_half_pixel(node)
    if found is not None:
        index, whole = found
        aligned = replace_index(whole, index, lambda part: fill("Z - 1", part))
        yield Change("corners aligned", aligned, 0.8)
        plain = replace_index(whole, index, fresh)
        yield Change("without half a pixel", plain, 0.8)


def align_through_name(context: Context) -> Iterator[JointChange]:
    """Yield the same where the scale a / b has a name of its own."""
    for node in context.nodes:
        found = match_half_pixel(node)
        if found is None:
            continue
        index, whole = found
        names = {n.id for n in ast.walk(whole) if isinstance(n, ast.Name)}
        plain = replace_index(whole, index, fresh)
        for statement in context.statements:
            if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.BinOp):
                continue
            target, value = statement.targets[0], statement.value
            if isinstance(target, ast.Name) and target.id in names:
                ratio = ast.BinOp(
                    fill("Z - 1", value.left), fresh(value.op), fill("Z - 1", value.right)
                )
                yield JointChange("corners aligned", [(value, ratio), (node, plain)], 0.9)


def match_half_pixel(node: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """Return (`i + 0.5`, the product it stands in) of `(i + 0.5) * a / b - 0.5`."""
    if (
        not isinstance(node, ast.BinOp)
        or not isinstance(node.op, ast.Sub)
        or not is_half(node.right)
    ):
        return None
    for factor in list_factors(node.left):
        if not isinstance(factor, ast.BinOp) or not isinstance(factor.op, ast.Add):
            continue
        if is_half(factor.right) or is_half(factor.left):
            return factor, node.left
    return None


def is_half(node: ast.expr) -> bool:
    """Whether an expression is 0.5."""
    return isinstance(node, ast.Constant) and node.value == 0.5


def list_factors(node: ast.expr) -> Iterator[ast.expr]:
    """Yield what is multiplied and divided."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        yield from list_factors(node.left)
        yield from list_factors(node.right)
    else:
        yield node


def replace_index(whole: ast.expr, index: ast.expr, others: object) -> ast.expr:
    """Return a product with i for i + 0.5, and another form of its other factors."""
    if whole is index:
        assert isinstance(index, ast.BinOp)
        return fresh(index.left if is_half(index.right) else index.right)
    if isinstance(whole, ast.BinOp) and isinstance(whole.op, ast.Mult | ast.Div):
        left = replace_index(whole.left, index, others)
        return ast.BinOp(left, fresh(whole.op), replace_index(whole.right, index, others))
    assert callable(others)
    changed = others(whole)
    assert isinstance(changed, ast.expr)
    return changed


OPERATORS = (align_corners,)
JOINT_OPERATORS = (align_through_name,)
