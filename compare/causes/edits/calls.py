"""Operators on calls: another axis or reduction, left out, an argument left out or exchanged."""

import ast
from collections.abc import Iterator

from .context import (
    Change,
    Context,
    call_method,
    call_numpy,
    fill,
    fresh,
    get_called_name,
    get_operand,
    is_module,
)

NEIGHBOURS = {
    "mean": ("sum", "max", "median"), "sum": ("mean", "max", "cumsum", "prod"), "prod": ("sum",),
    "max": ("mean", "min", "sum"), "min": ("max",), "sin": ("cos",), "cos": ("sin",),
    "maximum": ("minimum", "add"), "minimum": ("maximum",), "floor": ("round", "ceil"),
    "ceil": ("floor", "round"), "round": ("floor", "ceil"), "rint": ("floor",), "erf": ("tanh",),
    "tanh": ("sin", "arctan"), "log1p": ("log",), "expm1": ("exp",),
    "log": ("log2", "log10", "log1p"), "log2": ("log", "log10"), "log10": ("log", "log2"),
    "trunc": ("floor", "round"), "exp2": ("exp",), "nanmean": ("mean",), "argsort": ("sort",),
    "hanning": ("hamming",), "hamming": ("hanning",), "rfft": ("fft",), "irfft": ("ifft",),
    "inner": ("dot",), "arctan2": ("arctan",), "median": ("mean",), "diagonal": ("sum",),
    "exp": ("exp2", "expm1"), "var": ("std",), "std": ("var",), "argmax": ("argmin",),
    "argmin": ("argmax",), "zeros": ("ones",), "ones": ("zeros",), "zeros_like": ("ones_like",),
    "ones_like": ("zeros_like",), "greater": ("greater_equal",), "less": ("less_equal",),
    "repeat": ("tile",), "tile": ("repeat",), "tril": ("triu",), "triu": ("tril",),
    "square": ("abs",),
    "abs": ("square",), "dot": ("multiply",), "vstack": ("hstack",), "hstack": ("vstack",),
    "sort": ("flip",), "cumsum": ("cumprod",), "cumprod": ("cumsum",), "stack": ("concatenate",),
}  # fmt: skip
DROPPED = (
    "sqrt", "exp", "log", "abs", "tanh", "log1p", "square", "maximum", "minimum", "clip", "where",
    "swapaxes", "transpose", "pad", "flip", "roll", "cumsum", "sort", "floor", "round", "power",
    "mean", "sum", "max", "astype", "tril", "triu", "sign", "negative", "moveaxis", "sigmoid",
    "softmax", "relu", "expand_dims", "squeeze", "repeat", "outer", "reciprocal", "prod",
)  # fmt: skip
AXES: tuple[int | None, ...] = (0, 1, 2, -1, -2, -3, None)
REDUCTIONS = ("mean", "sum", "max", "min", "var", "std", "prod", "argmax", "median", "cumsum")
TEXTS = {
    "constant": ("edge", "reflect", "symmetric"), "edge": ("constant", "reflect"),
    "reflect": ("symmetric", "edge", "constant"), "symmetric": ("reflect", "edge"),
    "ij": ("xy",), "xy": ("ij",), "mean": ("sum", "none"), "sum": ("mean",), "C": ("F",),
    "F": ("C",),
    "same": ("valid",), "valid": ("same",), "left": ("right",), "right": ("left",),
}  # fmt: skip


def change_function(node: ast.expr, context: Context) -> Iterator[Change]:
    """Another function of the same kind; none; its own on a smaller or larger set."""
    if not isinstance(node, ast.Call):
        return
    name, operand = get_called_name(node), get_operand(node)
    for other in NEIGHBOURS.get(name, ()):
        changed = fresh(node)
        if isinstance(changed.func, ast.Attribute):
            changed.func.attr = other
            yield Change(f"{other} for {name}", changed)
    if operand is not None and (name in DROPPED or isinstance(node.func, ast.Name)):
        yield Change(f"without {name}", fresh(operand), 0.8)
    if name == "where" and len(node.args) == 3:
        condition, then, otherwise = node.args
        yield Change("where: then alone", fresh(then), 0.9)
        yield Change("where: else alone", fresh(otherwise), 0.9)
        changed = fresh(node)
        changed.args = [fresh(condition), fresh(otherwise), fresh(then)]
        yield Change("where: exchanged", changed)
    if name in ("var", "std") and not any(keyword.arg == "ddof" for keyword in node.keywords):
        changed = fresh(node)
        changed.keywords.append(ast.keyword("ddof", ast.Constant(1)))
        yield Change("ddof=1", changed, 0.6)
    if name in ("maximum", "minimum", "clip") and len(node.args) > 1:
        yield Change(f"{name}: second argument alone", fresh(node.args[1]))
        yield Change(
            f"{name}: added", ast.BinOp(fresh(node.args[0]), ast.Add(), fresh(node.args[1]))
        )


def change_estimator(node: ast.expr, context: Context) -> Iterator[Change]:
    """Yield a mean over one fewer, as an unbiased variance has it."""
    if not isinstance(node, ast.Call):
        return
    operand = get_operand(node)
    if operand is None:
        return
    if get_called_name(node) == "mean":
        named = [n for n in ast.walk(operand) if isinstance(n, ast.Name) and not is_module(n)]
        axis = next((k.value for k in node.keywords if k.arg == "axis"), None)
        total = fresh(node)
        assert isinstance(total.func, ast.Attribute | ast.Name)
        if isinstance(total.func, ast.Attribute) and named:
            total.func.attr = "sum"
            count: ast.expr = ast.Attribute(fresh(named[0]), "size", ast.Load())
            if axis is not None:
                shape = ast.Attribute(fresh(named[0]), "shape", ast.Load())
                count = ast.Subscript(shape, fresh(axis), ast.Load())
            less = ast.BinOp(count, ast.Sub(), ast.Constant(1))
            yield Change("divided by n - 1", ast.BinOp(total, ast.Div(), less), 0.7)


def change_axis(node: ast.expr, context: Context) -> Iterator[Change]:
    """Another axis, all, or fewer of them; with or without keepdims."""
    if not isinstance(node, ast.Call):
        return
    for place, keyword in enumerate(node.keywords):
        if keyword.arg in ("axis", "dim"):  # NumPy's and Keras's word, and torch's
            for axis in AXES:
                yield Change(f"axis {axis}", _with_keyword(node, place, ast.Constant(axis)), 0.9)
            if isinstance(keyword.value, ast.Tuple):
                yield from _fewer_axes(node, place, keyword.value)
                first = ast.Tuple([ast.Constant(0), *map(fresh, keyword.value.elts)], ast.Load())
                yield Change("the batch too", _with_keyword(node, place, first))
            else:
                without = fresh(node)
                del without.keywords[place]
                yield Change("without axis", without, 1.1)
                operand = get_operand(node)
                if operand is not None:
                    rest = fill("tuple(range(1, np.ndim(Z)))", operand)
                    yield Change("all axes but the first", _with_keyword(node, place, rest), 1.1)
        elif keyword.arg in ("keepdims", "keepdim"):
            without = fresh(node)
            del without.keywords[place]
            yield Change("without keepdims", without, 1.1)
        elif keyword.arg not in ("dtype", "out"):
            without = fresh(node)
            del without.keywords[place]
            yield Change(f"without {keyword.arg}", without, 1.0)
    if get_called_name(node) in REDUCTIONS and not any(
        k.arg in ("axis", "dim") for k in node.keywords
    ):
        module = isinstance(node.func, ast.Attribute) and is_module(node.func.value)
        bare = len(node.args) == (1 if module else 0)
        for axis in (0, -1) if bare else ():
            changed = fresh(node)
            changed.keywords.append(ast.keyword("axis", ast.Constant(axis)))
            yield Change(f"axis {axis}", changed, 1.2)
            kept = fresh(changed)
            kept.keywords.append(ast.keyword("keepdims", ast.Constant(True)))
            yield Change(f"axis {axis}, kept", kept, 1.2)


def _with_keyword(node: ast.Call, place: int, value: ast.expr) -> ast.Call:
    changed = fresh(node)
    changed.keywords[place].value = value
    return changed


def _fewer_axes(node: ast.Call, place: int, axes: ast.Tuple) -> Iterator[Change]:
    for left_out in range(len(axes.elts)):
        rest = [fresh(axis) for n, axis in enumerate(axes.elts) if n != left_out]
        value: ast.expr = rest[0] if len(rest) == 1 else ast.Tuple(rest, ast.Load())
        yield Change("one axis fewer", _with_keyword(node, place, value))


def change_arguments(node: ast.expr, context: Context) -> Iterator[Change]:
    """Two arguments exchanged, an optional one left out, another text."""
    if isinstance(node, ast.Call):
        for second in range(1, len(node.args)):
            for first in range(second):
                changed = fresh(node)
                changed.args[first], changed.args[second] = (
                    fresh(node.args[second]),
                    fresh(node.args[first]),
                )
                yield Change("arguments exchanged", changed)
        if len(node.args) > 1:
            changed = fresh(node)
            del changed.args[-1]
            yield Change("last argument left out", changed, 1.1)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        for text in TEXTS.get(node.value, ()):
            yield Change(f"{text!r} for {node.value!r}", ast.Constant(text))
        if "->" in node.value:
            yield from change_einsum(node.value)
    if isinstance(node, ast.Tuple | ast.List) and 2 <= len(node.elts) <= 6:
        for second in range(1, len(node.elts)):
            for first in range(second):
                swapped = fresh(node)
                swapped.elts[first], swapped.elts[second] = (
                    fresh(node.elts[second]),
                    fresh(node.elts[first]),
                )
                yield Change(f"items {first} and {second} exchanged", swapped)


def change_einsum(text: str) -> Iterator[Change]:
    """Two letters of an operand, or of the result, exchanged."""
    inputs, _, output = text.replace(" ", "").partition("->")
    parts = [*inputs.split(","), output]
    for number, part in enumerate(parts):
        for second in range(1, len(part)):
            for first in range(second):
                letters = list(part)
                letters[first], letters[second] = letters[second], letters[first]
                changed = [*parts[:number], "".join(letters), *parts[number + 1 :]]
                joined = f"{','.join(changed[:-1])}->{changed[-1]}"
                yield Change(f"{joined} for {text}", ast.Constant(joined), 1.2)


def add_reduction(node: ast.expr, context: Context) -> Iterator[Change]:
    """Reduce what is set or returned; divide what is returned by how many there are."""
    statements = list(ast.walk(context.function))
    returned = [s.value for s in statements if isinstance(s, ast.Return)]
    stored = [s.value for s in statements if isinstance(s, ast.Assign)]
    if isinstance(node, ast.Tuple) or not any(node is v for v in [*returned, *stored]):
        return
    for name in ("mean", "sum"):
        yield Change(f"{name} of it", call_method(fresh(node), name), 1.1)
    yield Change("1 - it", ast.BinOp(ast.Constant(1), ast.Sub(), fresh(node)), 1.1)
    single = call_numpy("float64", call_numpy("float32", fresh(node)))
    yield Change("rounded to float32", single, 1.2)
    if not any(node is value for value in returned):
        return
    for argument in context.arguments[:2]:
        owner = ast.Name(argument, ast.Load())
        shape = ast.Subscript(
            ast.Attribute(owner, "shape", ast.Load()), ast.Constant(0), ast.Load()
        )
        size = ast.Attribute(ast.Name(argument, ast.Load()), "size", ast.Load())
        last = ast.Subscript(
            ast.Attribute(ast.Name(argument, ast.Load()), "shape", ast.Load()),
            ast.UnaryOp(ast.USub(), ast.Constant(1)),
            ast.Load(),
        )
        for count in (shape, size, last):
            yield Change("divided by a count", ast.BinOp(fresh(node), ast.Div(), count), 1.1)
            yield Change("times a count", ast.BinOp(fresh(node), ast.Mult(), fresh(count)), 1.1)
    for argument in context.fractions:
        for operator in (ast.Div(), ast.Mult()):
            scaled = ast.BinOp(fresh(node), operator, ast.Name(argument, ast.Load()))
            yield Change(f"scaled by {argument}", scaled, 1.2)
    yield Change("sign of it", ast.UnaryOp(ast.USub(), fresh(node)), 1.1)


OPERATORS = (
    change_function,
    change_estimator,
    change_axis,
    change_arguments,
    add_reduction,
)
