"""Operators on counts: one too many or too few, from 0 or 1, up to or including, a plain mean."""

import ast
from collections.abc import Iterator

from .context import Change, Context, call_method, fill, fresh, get_called_name, get_operand
from .layout import is_shape_item

RUNNING = {"cumsum": "{0} - Z", "cumprod": "{0} / Z"}  # without the element itself
ENDS = 2  # arguments of a range that may be one off


def miscount(node: ast.expr, context: Context) -> Iterator[Change]:
    """One more or one fewer of what is counted."""
    counted = isinstance(node, ast.Call) and get_called_name(node) in ("len", "arange")
    size = isinstance(node, ast.Attribute) and node.attr == "size"
    if counted or size or is_shape_item(node):
        yield Change("one more", fill("Z + 1", node), 1.0)
        yield Change("one fewer", fill("Z - 1", node), 1.0)


def shift_range(node: ast.expr, context: Context) -> Iterator[Change]:
    """Begin one later, end one earlier or later."""
    if not isinstance(node, ast.Call) or get_called_name(node) not in ("range", "arange"):
        return
    if len(node.args) == 1:
        later = fresh(node)
        later.args.insert(0, ast.Constant(1))
        yield Change("begins at 1", later, 1.0)
    for place in range(min(len(node.args), ENDS)):
        for text in ("Z + 1", "Z - 1"):
            changed = fresh(node)
            changed.args[place] = fill(text, node.args[place])
            yield Change(f"range: argument {place} {text[2:]}", changed, 1.0)


def average_plainly(node: ast.expr, context: Context) -> Iterator[Change]:
    """Yield the plain mean for a sum over a count or over weights; a sum of each row's largest."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        total = node.left
        if isinstance(total, ast.Call) and get_called_name(total) == "sum":
            mean = fresh(total)
            if isinstance(mean.func, ast.Attribute):
                mean.func.attr = "mean"
                yield Change("plain mean", mean, 0.9)
    if isinstance(node, ast.Call) and get_called_name(node) in ("sum", "mean"):
        operand = get_operand(node)
        if operand is not None and len(node.args) <= 1 and not node.keywords:
            for inner in ("max", "mean", "sum"):
                rows = call_method(fresh(operand), inner, ast.Constant(-1))
                name = get_called_name(node)
                yield Change(f"{inner} of each row first", call_method(rows, name), 1.2)


def exclude_itself(node: ast.expr, context: Context) -> Iterator[Change]:
    """Yield a running sum or product without the element itself, and one from the other end."""
    if not isinstance(node, ast.Call) or get_called_name(node) not in RUNNING:
        return
    operand = get_operand(node)
    if operand is None:
        return
    text = RUNNING[get_called_name(node)].format(f"({ast.unparse(node)})")
    yield Change("without the element itself", fill(text, operand), 0.9)
    axis = next((ast.unparse(k.value) for k in node.keywords if k.arg == "axis"), "0")
    name = get_called_name(node)
    backwards = f"np.flip(np.{name}(np.flip(Z, {axis}), axis={axis}), {axis})"
    yield Change("from the other end", fill(backwards, operand), 1.0)


def move_slice(node: ast.expr, context: Context) -> Iterator[Change]:
    """Yield as many from the other end: the first for the last, all but the first for the last."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.ctx, ast.Load):
        return
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    for place, part in enumerate(parts):
        if not isinstance(part, ast.Slice) or part.step is not None:
            continue
        if (part.lower is None) == (part.upper is None):
            continue
        end = part.lower if part.lower is not None else part.upper
        assert end is not None
        minus = isinstance(end, ast.UnaryOp) and isinstance(end.op, ast.USub)
        other = end.operand if isinstance(end, ast.UnaryOp) and minus else fill("-Z", end)
        moves = ((end, None), (None, end), (other, None), (None, other))
        for lower, upper in moves:
            changed = fresh(node)
            new = ast.Slice(lower and fresh(lower), upper and fresh(upper))
            if isinstance(changed.slice, ast.Tuple):
                changed.slice.elts[place] = new
            else:
                changed.slice = new
            yield Change("slice: another end", changed, 1.0)


def multiply_sizes(node: ast.expr, context: Context) -> Iterator[Change]:
    """Yield a length times another one: all heads for one, all pixels for a row."""
    if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
        return
    sizes = list_sizes(context)
    for other in sizes if node.id in sizes else ():
        if other != node.id:
            product = ast.BinOp(fresh(node), ast.Mult(), ast.Name(other, ast.Load()))
            yield Change(f"times {other}", product, 1.3)


def list_sizes(context: Context) -> list[str]:
    """Return the variables that a shape is unpacked into."""
    found: list[str] = []
    for statement in context.statements:
        if isinstance(statement, ast.Assign) and is_shape(statement.value):
            target = statement.targets[0]
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            found += [name.id for name in names if isinstance(name, ast.Name)]
    return found


def is_shape(node: ast.expr) -> bool:
    """Whether an expression is a shape, some of one, or one length of it."""
    whole = node.value if isinstance(node, ast.Subscript) else node
    return isinstance(whole, ast.Attribute) and whole.attr == "shape"


OPERATORS = (multiply_sizes, miscount, shift_range, average_plainly, exclude_itself, move_slice)
