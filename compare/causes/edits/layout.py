"""Operators on shapes: transposed, reshaped otherwise, another slice, another count."""

import ast
from collections.abc import Iterator

from .context import (
    Change,
    Context,
    JointChange,
    call_method,
    call_numpy,
    fresh,
    get_called_name,
    get_operand,
    is_module,
    with_operand,
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
            product = ast.BinOp(fresh(node), ast.Mult(), fresh(changed_index))
            yield Change(f"times shape[{index}]", product, 1.2)
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


def permute_axes(node: ast.expr, context: Context) -> Iterator[Change]:
    """Yield a transposition by the inverse order, and by a turn of it."""
    if not isinstance(node, ast.Call) or get_called_name(node) != "transpose":
        return
    own = list(node.args)
    module = isinstance(node.func, ast.Attribute) and is_module(node.func.value)
    tuples = [a for a in own if isinstance(a, ast.Tuple)]
    axes = list(tuples[0].elts) if tuples else own[1:] if module else own
    values = [a.value for a in axes if isinstance(a, ast.Constant) and isinstance(a.value, int)]
    if len(values) != len(axes) or sorted(values) != list(range(len(values))) or not values:
        return
    orders = [("inverse order", [values.index(n) for n in range(len(values))])]
    orders += [("order turned", values[turn:] + values[:turn]) for turn in (1, -1)]
    for what, order in orders:
        new = ast.Tuple([ast.Constant(n) for n in order], ast.Load())
        changed = fresh(node)
        changed.args = [*changed.args[: int(module)], new]
        yield Change(what, changed, 1.0)


def split_and_merge(context: Context) -> Iterator[JointChange]:
    """Yield an axis that is split the other way and merged that way again: every n-th together."""
    reshapes = [
        node
        for node in context.nodes
        if isinstance(node, ast.Call) and get_called_name(node) == "reshape"
    ]
    for split in reshapes:
        for merged in reshapes:
            operand = get_operand(merged)
            if merged is split or operand is None or split in list(ast.walk(merged)):
                continue
            for change in split_otherwise(split, context):
                if change.what == "split the other way" and isinstance(change.new, ast.Call):
                    swapped = call_method(fresh(operand), "swapaxes", *map(fresh, change.new.args))
                    places = [(split, change.new), (merged, with_operand(merged, swapped))]
                    yield JointChange("split and merged the other way", places, 1.0)


OPERATORS = (change_layout, split_otherwise, change_slice, permute_axes)
JOINT_OPERATORS = (split_and_merge,)
