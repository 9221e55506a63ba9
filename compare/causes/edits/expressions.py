"""Operators on arithmetic: a term left out, another sign or operator, into or out of a call."""

import ast
from collections.abc import Iterator

from .context import (
    THROUGH,
    Change,
    Context,
    call_numpy,
    fresh,
    get_called_name,
    get_operand,
    negate,
    with_operand,
)

OPPOSITES = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.MatMult: (ast.Mult,),
}
ORDERED = (ast.Sub, ast.Div, ast.MatMult, ast.Pow, ast.FloorDiv)
MAX_TERM_DEPTH = 3  # how far a term is moved
COMPARISONS = {
    ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.LtE), ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,),
}  # fmt: skip


def change_terms(node: ast.expr, context: Context) -> Iterator[Change]:
    """One operand alone, exchanged, another operator, another sign."""
    if not isinstance(node, ast.BinOp):
        return
    left, right = node.left, node.right
    yield Change("right operand left out", fresh(left), 0.8)
    yield Change("left operand left out", fresh(right), 0.8)
    for side in (left, right):
        if isinstance(side, ast.BinOp):
            for inner in (side.left, side.right):
                yield Change("one operand of an operand alone", fresh(inner), 1.1)
    for other in OPPOSITES.get(type(node.op), ()):
        yield Change("another operator", ast.BinOp(fresh(left), other(), fresh(right)))
    if isinstance(node.op, ORDERED):
        yield Change("operands exchanged", ast.BinOp(fresh(right), fresh(node.op), fresh(left)))
    if isinstance(node.op, ast.Add):
        yield Change("maximum for a sum", call_numpy("maximum", fresh(left), fresh(right)), 1.2)
    if isinstance(node.op, ast.Mult | ast.MatMult | ast.Div):
        yield Change("another sign", negate(node))
    if isinstance(node.op, ast.Add | ast.Sub):
        yield Change("another sign", ast.BinOp(negate(left), fresh(node.op), fresh(right)))


def change_grouping(node: ast.expr, context: Context) -> Iterator[Change]:
    """Brackets elsewhere: (a + b) / c and a + b / c, a (b + c) and a b + c."""
    if not isinstance(node, ast.BinOp):
        return
    scale, plus = (ast.Mult, ast.Div, ast.MatMult, ast.Pow), (ast.Add, ast.Sub)
    for inner, outer, first in ((node.left, node.right, True), (node.right, node.left, False)):
        if not isinstance(inner, ast.BinOp):
            continue
        a, b, c = fresh(inner.left), fresh(inner.right), fresh(outer)
        if isinstance(node.op, scale) and isinstance(inner.op, plus):
            if first:
                moved = ast.BinOp(a, fresh(inner.op), ast.BinOp(b, fresh(node.op), c))
            else:
                moved = ast.BinOp(ast.BinOp(c, fresh(node.op), a), fresh(inner.op), b)
            yield Change("brackets elsewhere", moved)
        if isinstance(node.op, plus) and isinstance(inner.op, scale):
            if first:
                moved = ast.BinOp(a, fresh(inner.op), ast.BinOp(b, fresh(node.op), c))
            else:
                moved = ast.BinOp(ast.BinOp(c, fresh(node.op), a), fresh(inner.op), b)
            yield Change("brackets elsewhere", moved)
        if isinstance(node.op, ast.Mult) and isinstance(inner.op, ast.MatMult):
            yield Change(
                "factor taken into the product",
                ast.BinOp(ast.BinOp(c, ast.Mult(), a), ast.MatMult(), b),
            )
        if isinstance(node.op, ast.MatMult) and isinstance(inner.op, ast.Mult) and first:
            product = ast.BinOp(b, ast.MatMult(), c)
            yield Change("factor taken out of the product", ast.BinOp(a, ast.Mult(), product))
    yield from take_factor_in(node)


def take_factor_in(node: ast.BinOp) -> Iterator[Change]:
    """R * (h @ U + b) becomes (r * h) @ U + b."""
    if not isinstance(node.op, ast.Mult):
        return
    for factor, inner in ((node.left, node.right), (node.right, node.left)):
        if not isinstance(inner, ast.BinOp) or not isinstance(inner.op, ast.Add):
            continue
        for product, rest in ((inner.left, inner.right), (inner.right, inner.left)):
            if isinstance(product, ast.BinOp) and isinstance(product.op, ast.MatMult):
                scaled = ast.BinOp(fresh(factor), ast.Mult(), fresh(product.left))
                whole = ast.BinOp(scaled, ast.MatMult(), fresh(product.right))
                yield Change(
                    "factor taken into the product", ast.BinOp(whole, ast.Add(), fresh(rest))
                )


def move_into_call(node: ast.expr, context: Context) -> Iterator[Change]:
    """f(a) + b becomes f(a + b), and f(a) / b becomes f(a / b)."""
    if not isinstance(node, ast.BinOp) or isinstance(node.op, ast.MatMult):
        return
    for side, other, first in ((node.left, node.right, True), (node.right, node.left, False)):
        if isinstance(side, ast.Call) and get_called_name(side) in THROUGH:
            operand = get_operand(side)
            if operand is None:
                continue
            pair = (operand, other) if first else (other, operand)
            inner = ast.BinOp(fresh(pair[0]), fresh(node.op), fresh(pair[1]))
            yield Change("moved inside", with_operand(side, inner), 0.7)


def move_out_of_call(node: ast.expr, context: Context) -> Iterator[Change]:
    """f(a + b) becomes f(a) + b, and f(a / b) becomes f(a) / b."""
    if not isinstance(node, ast.Call) or get_called_name(node) not in THROUGH:
        return
    operand = get_operand(node)
    if not isinstance(operand, ast.BinOp) or isinstance(operand.op, ast.MatMult):
        return
    one = ast.BinOp(
        with_operand(node, fresh(operand.left)), fresh(operand.op), fresh(operand.right)
    )
    yield Change("moved outside", one, 0.7)
    two = ast.BinOp(
        fresh(operand.left), fresh(operand.op), with_operand(node, fresh(operand.right))
    )
    yield Change("moved outside", two, 0.9)


def move_term_up(node: ast.expr, context: Context) -> Iterator[Change]:
    """Yield a / f(b) + c for a / f(b + c): a term that stands two and more brackets too far out."""
    if not isinstance(node, ast.BinOp | ast.Call):
        return
    for path in find_terms(node, MAX_TERM_DEPTH):
        for kept, moved in (("left", "right"), ("right", "left")):
            whole = fresh(node)
            inner = follow(whole, path)
            term, rest = getattr(inner, moved), getattr(inner, kept)
            operator = inner.op
            put(whole, path, rest)
            yield Change("a term moved outside", ast.BinOp(whole, operator, fresh(term)), 1.2)


Path = tuple[tuple[str, int | None], ...]


def find_terms(node: ast.AST, depth: int, path: Path = ()) -> Iterator[Path]:
    """Yield the ways to the sums inside an expression, two steps and more below it."""
    if len(path) >= 2 and isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mult):
        yield path
    if len(path) >= depth:
        return
    for field, value in ast.iter_fields(node):
        items = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, inner in items:
            if isinstance(inner, ast.BinOp | ast.Call | ast.UnaryOp):
                yield from find_terms(inner, depth, (*path, (field, index)))


def follow(node: ast.AST, path: Path) -> ast.BinOp:
    """Return what stands at the end of a way."""
    for field, index in path:
        node = getattr(node, field) if index is None else getattr(node, field)[index]
    assert isinstance(node, ast.BinOp)
    return node


def put(node: ast.AST, path: Path, new: ast.expr) -> None:
    """Put another expression at the end of a way."""
    for field, index in path[:-1]:
        node = getattr(node, field) if index is None else getattr(node, field)[index]
    field, index = path[-1]
    if index is None:
        setattr(node, field, new)
    else:
        getattr(node, field)[index] = new


def change_comparison(node: ast.expr, context: Context) -> Iterator[Change]:
    """Another comparison, its opposite, and either branch of a condition."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in COMPARISONS.get(type(node.ops[0]), ()):
            changed = fresh(node)
            changed.ops = [other()]
            yield Change("another comparison", changed)
        inverted = ast.UnaryOp(ast.Invert(), fresh(node))
        yield Change("comparison inverted", inverted, 1.2)
    if isinstance(node, ast.IfExp):
        yield Change("first branch alone", fresh(node.body))
        yield Change("other branch alone", fresh(node.orelse))


def change_sign(node: ast.expr, context: Context) -> Iterator[Change]:
    """Leave out a minus, `not` or `~`."""
    if isinstance(node, ast.UnaryOp):
        yield Change("sign left out", fresh(node.operand), 0.8)


OPERATORS = (
    change_terms,
    change_grouping,
    move_into_call,
    move_out_of_call,
    move_term_up,
    change_comparison,
    change_sign,
)
