"""Halves for neighbours, and the reverse: rotary embeddings, gates, real and imaginary parts."""

import ast
from collections.abc import Iterator

from .context import Context, JointChange, fill, fresh, get_called_name

Places = list[tuple[ast.expr, ast.expr]]


def pair_otherwise(context: Context) -> Iterator[JointChange]:
    """Yield neighbours for halves, halves for neighbours: as they are taken, put together, both."""
    taken, joined = take_neighbours(context), join_neighbours(context)
    for what, places in (("taken", taken), ("joined", joined), ("both", taken + joined)):
        if places and (what != "both" or (taken and joined)):
            yield JointChange(f"neighbours for halves: {what}", places, 0.9)
    apart, put = take_halves(context), join_halves(context)
    for what, places in (("taken", apart), ("joined", put), ("both", apart + put)):
        if places and (what != "both" or (apart and put)):
            yield JointChange(f"halves for neighbours: {what}", places, 0.9)


def list_slices(context: Context) -> Iterator[tuple[ast.Subscript, int, ast.Slice]]:
    """Yield each subscript with a slice in it, and where that stands."""
    for node in context.nodes:
        if isinstance(node, ast.Subscript):
            for place, part in enumerate(get_parts(node)):
                if isinstance(part, ast.Slice):
                    yield node, place, part


def get_parts(node: ast.Subscript) -> list[ast.expr]:
    """Return what stands between a subscript's commas."""
    return list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]


def with_slice(node: ast.Subscript, place: int, new: ast.Slice) -> ast.Subscript:
    """Return a subscript with another slice."""
    changed = fresh(node)
    if isinstance(changed.slice, ast.Tuple):
        changed.slice.elts[place] = new
    else:
        changed.slice = new
    return changed


def take_neighbours(context: Context) -> Places:
    """Return x[..., 0::2] and x[..., 1::2] for x[..., :h] and x[..., h:]."""
    slices = [s for s in list_slices(context) if s[2].step is None]
    ends = {ast.dump(part.upper) for _, _, part in slices if part.upper and not part.lower}
    begins = {ast.dump(part.lower) for _, _, part in slices if part.lower and not part.upper}
    found: Places = []
    for node, place, part in slices:
        for start, edge in ((0, part.upper), (1, part.lower)):
            other = part.lower if start == 0 else part.upper
            if edge is not None and other is None and ast.dump(edge) in ends & begins:
                step = ast.Slice(ast.Constant(start), None, ast.Constant(2))
                found.append((node, with_slice(node, place, step)))
    return found


def take_halves(context: Context) -> Places:
    """Return x[:, : n // 2] and x[:, n // 2 :] for x[:, 0::2] and x[:, 1::2]."""
    found: Places = []
    for node, place, part in list_slices(context):
        if not isinstance(part.step, ast.Constant) or part.step.value != 2 or part.upper:
            continue
        count = len(get_parts(node))
        has_rest = any(
            isinstance(one, ast.Constant) and one.value is Ellipsis for one in get_parts(node)
        )
        axis = place - count if has_rest else place
        half = fill(f"Z.shape[{axis}] // 2", node.value)
        second = isinstance(part.lower, ast.Constant) and part.lower.value == 1
        new = ast.Slice(half, None) if second else ast.Slice(None, half)
        found.append((node, with_slice(node, place, new)))
    return found


def join_neighbours(context: Context) -> Places:
    """Return a, b put one beside the other for `concatenate([a, b], axis=-1)`."""
    found: Places = []
    for node in list_joins(context, "concatenate"):
        parts = node.args[0]
        assert isinstance(parts, ast.List | ast.Tuple)
        stacked = fresh(node)
        assert isinstance(stacked.func, ast.Attribute)
        stacked.func.attr = "stack"
        stacked.args, stacked.keywords = stacked.args[:1], []
        stacked.keywords.append(ast.keyword("axis", ast.UnaryOp(ast.USub(), ast.Constant(1))))
        text = f"({ast.unparse(stacked)}).reshape(*np.shape(Z)[:-1], -1)"
        found.append((node, fill(text, parts.elts[0])))
    return found


def join_halves(context: Context) -> Places:
    """Return `concatenate([a, b], axis=-1)` for the same numbers stacked on a last axis."""
    found: Places = []
    for node in context.nodes:
        if not isinstance(node, ast.Call) or get_called_name(node) not in ("reshape", "flatten"):
            continue
        inner = node.func.value if isinstance(node.func, ast.Attribute) else None
        for stacked in list_joins(context, "stack"):
            if stacked is inner:
                joined = fresh(stacked)
                assert isinstance(joined.func, ast.Attribute)
                joined.func.attr = "concatenate"
                found.append((node, joined))
    return found


def list_joins(context: Context, name: str) -> list[ast.Call]:
    """Return the calls that put two arrays together along the last axis."""
    return [
        node
        for node in context.nodes
        if isinstance(node, ast.Call)
        and get_called_name(node) == name
        and isinstance(node.func, ast.Attribute)
        and node.args
        and isinstance(node.args[0], ast.List | ast.Tuple)
        and len(node.args[0].elts) == 2
    ]


JOINT_OPERATORS = (pair_otherwise,)
