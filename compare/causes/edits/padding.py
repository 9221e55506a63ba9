"""Operators on padding: all on one side, as little as a stride needs, the odd one elsewhere."""

import ast
import re
from collections.abc import Iterator

from .context import Change, Context, JointChange, fill, get_called_name, get_operand

MAX_STRIDES = 4  # that are tried
# of a pair of two numbers, (A, B), what stands in its place; T is both
PAIRS = {
    "the odd one at the other side": ("B", "A"),
    "as many on both sides": ("B", "B"),
    "as few on both sides": ("A", "A"),
    "half of it on either side": ("T // 2", "T - T // 2"),
}
# Z of each side, of N numbers in steps of S: no more than the last step needs, the odd one last
NEEDED = "max(2 * Z - (N - 1) % S, 0)"


def pad_one_side(node: ast.expr, context: Context) -> Iterator[Change]:
    """Yield (p, p) of a padding with all of it, or one more, on one side."""
    if not isinstance(node, ast.Tuple) or len(node.elts) != 2:
        return
    first, second = node.elts
    if ast.dump(first) != ast.dump(second):
        return
    for before, after in (("0", "2 * Z"), ("2 * Z", "0"), ("0", "Z"), ("Z", "0"),
                          ("Z - 1", "Z"), ("Z", "Z - 1")):  # fmt: skip
        sides = ast.Tuple([fill(before, first), fill(after, first)], ast.Load())
        yield Change(f"padded by {ast.unparse(sides)}", sides, 1.0)


def pad_pairs(context: Context) -> Iterator[JointChange]:
    """Yield the same change of every axis that is padded."""
    for call in context.nodes:
        pairs = list_pairs(call)
        unlike = [pair for _, pair in pairs if len(set(map(ast.dump, pair.elts))) == 2]
        for what, texts in PAIRS.items() if unlike else ():
            places = [(pair, fill_pair(texts, pair)) for pair in unlike]
            yield JointChange(f"padding: {what}", places, 0.8)
        if pairs and not unlike:
            yield from pad_as_needed(call, pairs, context)


def pad_as_needed(
    call: ast.expr, pairs: list[tuple[int, ast.Tuple]], context: Context
) -> Iterator[JointChange]:
    """Yield a padding alike on both sides as `padding="same"` has it, which goes by the stride."""
    padded = get_operand(call) if isinstance(call, ast.Call) else None
    for stride in list_strides(context) if padded is not None else ():
        places: list[tuple[ast.expr, ast.expr]] = []
        for axis, pair in pairs:
            assert padded is not None
            size = f"({ast.unparse(padded)}).shape[{axis}]"
            needed = NEEDED.replace("N", size).replace("S", ast.unparse(stride))
            sides = [
                fill(f"{needed} // 2", pair.elts[0]),
                fill(f"({needed} + 1) // 2", pair.elts[0]),
            ]
            places.append((pair, ast.Tuple(sides, ast.Load())))
        cost = 0.9 if isinstance(stride, ast.Constant) else 0.8
        yield JointChange("padding: as little as the stride needs", places, cost)


def list_pairs(node: ast.expr) -> list[tuple[int, ast.Tuple]]:
    """Return (axis, what stands before and after) of the axes that a call pads."""
    if not isinstance(node, ast.Call) or "pad" not in get_called_name(node) or len(node.args) < 2:
        return []
    widths = node.args[1]
    if not isinstance(widths, ast.Tuple | ast.List):
        return []
    if isinstance(widths, ast.Tuple) and not any(isinstance(e, ast.Tuple) for e in widths.elts):
        return [(-1, widths)] if len(widths.elts) == 2 else []
    return [
        (axis, pair)
        for axis, pair in enumerate(widths.elts)
        if isinstance(pair, ast.Tuple)
        and len(pair.elts) == 2
        and not all(isinstance(side, ast.Constant) and side.value == 0 for side in pair.elts)
    ]


def fill_pair(texts: tuple[str, str], pair: ast.Tuple) -> ast.Tuple:
    """Return a pair made of the items of another."""
    by_name = dict(zip("AB", map(bracket, pair.elts), strict=True))
    sides = [text for text in by_name.values() if text != "(0)"]
    by_name["T"] = f"({' + '.join(sides)})"
    filled = [re.sub("[ABT]", lambda found: by_name[found[0]], text) for text in texts]
    return ast.Tuple([ast.parse(text, mode="eval").body for text in filled], ast.Load())


def bracket(node: ast.expr) -> str:
    """Return an expression's text in brackets."""
    return f"({ast.unparse(node)})"


def list_strides(context: Context) -> list[ast.expr]:
    """Return what a function steps by: in slices and ranges, or divides a length by."""
    found: dict[str, ast.expr] = {}
    for node in ast.walk(context.function):
        step: ast.expr | None = None
        if isinstance(node, ast.Slice):
            step = node.step
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv):
            step = node.right
        elif isinstance(node, ast.Call) and get_called_name(node) == "range":
            step = node.args[2] if len(node.args) > 2 else None
        elif isinstance(node, ast.arg) and "strid" in node.arg:
            step = ast.Name(node.arg, ast.Load())
        whole = isinstance(step, ast.Constant) and isinstance(step.value, int) and step.value > 1
        if isinstance(step, ast.Name | ast.Attribute) or whole:
            assert step is not None
            found.setdefault(ast.unparse(step), step)
    return list(found.values())[:MAX_STRIDES]


OPERATORS = (pad_one_side,)
JOINT_OPERATORS = (pad_pairs,)
