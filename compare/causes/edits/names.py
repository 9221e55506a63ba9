"""Operators on names: another variable, its complement or inverse, in one place or in all."""

import ast
from collections.abc import Iterator

from .context import Change, Context, JointChange, call_numpy, fill, fresh

MAX_EXPRESSIONS = 12  # that a name is scaled by


def change_name(node: ast.expr, context: Context) -> Iterator[Change]:
    """Another of the function's names; 1 - a, 1 + a, -a; a lower precision."""
    if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
        return
    if node.id not in context.names:
        return
    for other in context.names:
        if other != node.id:
            yield Change(f"{other} for {node.id}", ast.Name(other, ast.Load()))
    one = ast.Constant(1)
    yield Change(f"1 - {node.id}", ast.BinOp(one, ast.Sub(), fresh(node)), 1.1)
    yield Change(f"1 + {node.id}", ast.BinOp(one, ast.Add(), fresh(node)), 1.1)
    yield Change(f"{node.id} - 1", ast.BinOp(fresh(node), ast.Sub(), one), 1.1)
    yield Change(f"-{node.id}", ast.UnaryOp(ast.USub(), fresh(node)), 1.1)
    yield Change(f"{node.id}.T", ast.Attribute(fresh(node), "T", ast.Load()), 1.1)
    for dtype, cost in (("float32", 1.3), ("float16", 1.4)):
        yield Change(f"{node.id} in {dtype}", call_numpy(dtype, fresh(node)), cost)
    rounded = call_numpy("float64", call_numpy("float32", fresh(node)))
    yield Change(f"{node.id} rounded to float32", rounded, 1.3)
    for other in context.fractions:
        rest = ast.BinOp(ast.Constant(1), ast.Sub(), ast.Name(other, ast.Load()))
        scaled = ast.BinOp(rest, ast.Mult(), fresh(node))
        if other != node.id:
            yield Change(f"(1 - {other}) times {node.id}", scaled, 1.3)


def scale_name(node: ast.expr, context: Context) -> Iterator[Change]:
    """Multiply or divide a name by an expression that the function has elsewhere."""
    if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
        return
    if node.id not in context.arguments:
        return
    for expression in list_denominators(context):
        for operator in (ast.Mult(), ast.Div()):
            new = ast.BinOp(fresh(node), operator, fresh(expression))
            yield Change(f"{node.id} scaled", new, 1.5)
            root = ast.BinOp(fresh(expression), ast.Pow(), ast.Constant(0.5))
            yield Change(f"{node.id} scaled", ast.BinOp(fresh(node), operator, root), 1.6)


def use_result(node: ast.expr, context: Context) -> Iterator[Change]:
    """Yield what is made of a variable elsewhere in its line, in its place: f(x) + g(f(x))."""
    if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
        return
    own = next((s for s in context.statements if any(n is node for n in ast.walk(s))), None)
    for call in ast.walk(own) if own is not None else ():
        given = call.args if isinstance(call, ast.Call) else ()
        if any(isinstance(a, ast.Name) and a.id == node.id and a is not node for a in given):
            assert isinstance(call, ast.expr)
            yield Change(f"{ast.unparse(call)} for {node.id}", fresh(call), 1.2)


def change_element(node: ast.expr, context: Context) -> Iterator[Change]:
    """Yield another element, of what the function reads elsewhere: merged[-1] for lateral[i]."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.ctx, ast.Load):
        return
    others = {ast.unparse(n): n for n in context.nodes if isinstance(n, ast.Subscript)}
    for text, other in list(others.items())[:MAX_EXPRESSIONS]:
        if isinstance(other.ctx, ast.Load) and text != ast.unparse(node):
            yield Change(f"{text} for {ast.unparse(node)}", fresh(other), 1.3)


def list_denominators(context: Context) -> list[ast.expr]:
    """Return the expressions that a function divides by: corrections, counts, scales."""
    found: dict[str, ast.expr] = {}
    for node in ast.walk(context.function):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            found.setdefault(ast.dump(node.right), node.right)
    return list(found.values())[:MAX_EXPRESSIONS]


def change_everywhere(context: Context) -> Iterator[JointChange]:
    """Yield what changes in several places at once: a number, a name, wherever it stands."""
    numbers: dict[float, list[ast.expr]] = {}
    for node in context.nodes:
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            assert isinstance(node.value, int | float)
            numbers.setdefault(node.value, []).append(node)
    for value, nodes in numbers.items():
        for number in (0.0, 1.0, 0.5) if len(nodes) > 1 and isinstance(value, float) else ():
            if number != value:
                what = f"{number:g} for every {value:g}"
                yield put_in_each(Change(what, ast.Constant(number), 1.1), nodes)
    for name in context.arguments:
        if name in context.loads:
            yield from (put_in_each(c, context.loads[name]) for c in turn_argument(name))
    for name in context.names:
        nodes = context.loads.get(name, [])
        for other in context.names if len(nodes) > 1 else ():
            if other != name:
                new = ast.Name(other, ast.Load())
                yield put_in_each(Change(f"{other} for every {name}", new, 1.2), nodes)


def change_unit(node: ast.expr, context: Context) -> Iterator[Change]:
    """Yield what is set, taken for another: a power for a magnitude, a log for a probability."""
    if any(node is value for value in context.results) and not isinstance(node, ast.Tuple):
        for text in OTHER_UNITS:
            yield Change(f"{text.replace('Z', 'it')}", fill(text, node), 1.3)


def put_in_each(change: Change, nodes: list[ast.expr]) -> JointChange:
    """Return a change made in several places."""
    return JointChange(change.what, [(node, change.new) for node in nodes], change.cost)


CLIPS = ("np.clip(Z, 1e-7, 1 - 1e-7)", "np.clip(Z, 1e-7, 1.0)", "np.maximum(Z, 1e-7)",
         "np.clip(Z, 1e-12, 1.0)", "np.maximum(Z, 1e-12)")  # fmt: skip
# What one takes for another: a deviation for a variance, scores for probabilities.
OTHER_UNITS = ("2 * Z", "0.5 * Z", "Z**2", "np.sqrt(Z)", "np.exp(Z)", "np.log(Z)",
               "1 / (1 + np.exp(-Z))", "1 / Z")  # fmt: skip
MISCOUNTED = ("Z + 1", "Z - 1")  # as a step from 0, or from 1
AXES_OF_FLIPS = (0, 1, -1, (0, 1), (-2, -1))


def turn_argument(name: str) -> Iterator[Change]:
    """Yield an argument that is taken otherwise throughout: its complement, flipped, clipped."""
    yield Change(f"1 - {name} throughout", ast.parse(f"1 - {name}", mode="eval").body, 1.1)
    for axes in AXES_OF_FLIPS:
        flipped = ast.parse(f"np.flip({name}, {axes})", mode="eval").body
        yield Change(f"{name} flipped", flipped, 1.2)
    for clip in CLIPS:
        yield Change(f"{name} clipped", ast.parse(clip.replace("Z", name), mode="eval").body, 1.2)
    for text in OTHER_UNITS:
        new = ast.parse(text.replace("Z", name), mode="eval").body
        yield Change(f"{text.replace('Z', name)} throughout", new, 1.3)
    for text in MISCOUNTED:
        new = ast.parse(text.replace("Z", name), mode="eval").body
        yield Change(f"{text.replace('Z', name)} throughout", new, 1.2)
    single = ast.parse(f"np.float32({name})", mode="eval").body
    yield Change(f"{name} in float32 throughout", single, 1.2)


OPERATORS = (change_name, scale_name, change_unit, use_result, change_element)
JOINT_OPERATORS = (change_everywhere,)
