"""Operators on shapes: transposed, reshaped otherwise, another slice, another count."""

import ast
from collections.abc import Iterator

from .context import (
    Change,
    Context,
    call_method,
    call_numpy,
    fresh,
    get_called_name,
    get_operand,
    is_module,
)


def change_layout(node: ast.expr, context: Context) -> Iterator[Change]:
    """Transposed or not, channels last before a reshape, `size` for one axis of the shape."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield Change("not transposed", fresh(node.value), 0.9)
    if isinstance(node, ast.Call) and get_called_name(node) in ("reshape", "ravel", "flatten"):
        operand = get_operand(node)
        if operand is not None and isinstance(node.func, ast.Attribute):
            for source, target in ((1, -1), (-1, 1), (0, 1)):
                moved = call_numpy(
                    "moveaxis", fresh(operand), ast.Constant(source), ast.Constant(target)
                )
                changed = fresh(node)
                if is_module(node.func.value):
                    changed.args[0] = moved
                else:
                    changed.func = ast.Attribute(moved, node.func.attr, ast.Load())
                yield Change(
                    f"axis {source} moved to {target} before {node.func.attr}", changed, 1.1
                )
            order = fresh(node)
            order.keywords.append(ast.keyword("order", ast.Constant("F")))
            yield Change("order F", order, 1.2)
    if is_shape_item(node):
        assert isinstance(node, ast.Subscript)
        assert isinstance(node.value, ast.Attribute)
        size = ast.Attribute(fresh(node.value.value), "size", ast.Load())
        yield Change("size for one axis", size)
        for index in (0, 1, -1, -2):
            changed_index = fresh(node)
            changed_index.slice = ast.Constant(index)
            yield Change(f"shape[{index}]", changed_index)
    if isinstance(node, ast.Attribute) and node.attr == "size" and not is_module(node.value):
        for index in (0, -1):
            shape = ast.Attribute(fresh(node.value), "shape", ast.Load())
            item = ast.Subscript(shape, ast.Constant(index), ast.Load())
            yield Change(f"shape[{index}] for size", item)


def is_shape_item(node: ast.expr) -> bool:
    """Whether an expression is `x.shape[i]`."""
    return (
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "shape"
    )


def split_otherwise(node: ast.expr, context: Context) -> Iterator[Change]:
    """Yield a reshape whose two neighbouring sizes are the other way round, and then swapped."""
    if not isinstance(node, ast.Call) or get_called_name(node) != "reshape":
        return
    module = isinstance(node.func, ast.Attribute) and is_module(node.func.value)
    sizes = node.args[1:] if module else node.args
    if len(sizes) == 1 and isinstance(sizes[0], ast.Tuple):
        sizes = sizes[0].elts
    for place in range(len(sizes) - 1):
        changed = fresh(node)
        own = changed.args[1:] if module else changed.args
        inner = own[0].elts if len(own) == 1 and isinstance(own[0], ast.Tuple) else changed.args
        shift = 1 if inner is changed.args and module else 0
        first, second = place + shift, place + shift + 1
        inner[first], inner[second] = inner[second], inner[first]
        axes = (ast.Constant(place), ast.Constant(place + 1))
        yield Change("split the other way", call_method(changed, "swapaxes", *axes), 1.0)
        yield Change("sizes exchanged", fresh(changed), 1.1)


def change_slice(node: ast.expr, context: Context) -> Iterator[Change]:
    """Other ends of a slice, backwards, or the whole."""
    if not isinstance(node, ast.Subscript) or is_shape_item(node):
        return
    if isinstance(node.ctx, ast.Load):
        yield Change("not indexed", fresh(node.value), 1.2)
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    for place, part in enumerate(parts):
        if isinstance(part, ast.Slice) and isinstance(node.ctx, ast.Load):
            backwards = ast.Slice(None, None, ast.UnaryOp(ast.USub(), ast.Constant(1)))
            for what, new in (("whole", ast.Slice()), ("backwards", backwards)):
                changed = fresh(node)
                if isinstance(changed.slice, ast.Tuple):
                    changed.slice.elts[place] = new
                else:
                    changed.slice = new
                yield Change(f"slice: {what}", changed, 1.1)


OPERATORS = (change_layout, split_otherwise, change_slice)
