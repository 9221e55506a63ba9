"""Operators on gates: a factor taken into the product that a part was split off."""

import ast
from collections.abc import Iterator

from .context import Change, Context, fresh


def gate_before_product(node: ast.expr, context: Context) -> Iterator[Change]:
    """Yield the part of (r h) @ U for r times the part of h @ U, as a reset gate is meant too."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult):
        return
    for factor, part in ((node.left, node.right), (node.right, node.left)):
        written_out = isinstance(part, ast.BinOp) and isinstance(part.op, ast.MatMult)
        if not isinstance(part, ast.Name) and not written_out:
            continue
        named = find_definitions(part.id, context) if isinstance(part, ast.Name) else [part]
        for definition in named:
            for place, product in enumerate(list_products(definition)):
                changed = fresh(definition)
                inner = list_products(changed)[place]
                inner.left = ast.BinOp(fresh(factor), ast.Mult(), fresh(product.left))
                yield Change("factor taken into the product", changed, 0.9)


def find_definitions(name: str, context: Context) -> Iterator[ast.expr]:
    """Yield what a name is set to, an item of what is unpacked into several."""
    for statement in context.statements:
        if not isinstance(statement, ast.Assign):
            continue
        target, value = statement.targets[0], statement.value
        if isinstance(target, ast.Name) and target.id == name:
            yield value
        elif isinstance(target, ast.Tuple):
            for place, item in enumerate(target.elts):
                if isinstance(item, ast.Name) and item.id == name:
                    yield take_item(value, count_place(target, place))


def count_place(target: ast.Tuple, place: int) -> int:
    """Return the place of an item among what is unpacked: from the end, after a starred one."""
    starred = any(isinstance(item, ast.Starred) for item in target.elts[:place])
    return place - len(target.elts) if starred else place


def take_item(value: ast.expr, place: int) -> ast.expr:
    """Return an item of what is unpacked: where it is written out, as it stands there."""
    items = value.elts if isinstance(value, ast.Tuple) else []
    starred = any(isinstance(item, ast.Starred) for item in items)
    if not starred and -len(items) <= place < len(items):
        return items[place]
    return ast.Subscript(fresh(value), ast.Constant(place), ast.Load())


def list_products(node: ast.expr) -> list[ast.BinOp]:
    """Return the matrix products in an expression."""
    return [n for n in ast.walk(node) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.MatMult)]


OPERATORS = (gate_before_product,)
