"""Changes of whole statements: left out, in another order, added up or set, returned too early."""

import ast
from collections.abc import Iterator
from typing import Any

from .context import Context, FunctionNode, is_too_deep
from .expressions import OPERATORS

TextChange = tuple[str, str, int, float]  # what, the new source, the line, the cost
MAX_STEPS = 5  # that a statement is moved


def list_changes(source: str, function: FunctionNode, positions: Any) -> Iterator[TextChange]:
    """Yield the source with one statement changed."""
    context, variables = Context(function), list_variables(function)
    for block in list_blocks(function):
        for statement in block:
            if is_docstring(statement, function) or is_too_deep(statement):
                continue
            yield from change_one(source, statement, positions)
            for name, text in overwrite(statement, variables):
                new = replace_span(source, positions.span(statement), text)
                yield f"{name} overwritten too", new, statement.lineno, 1.2
            for what, node, new, cost in change_augmented(statement, context):
                yield what, replace_span(source, positions.span(node), new), node.lineno, cost
        yield from move(source, [s for s in block if not is_docstring(s, function)], positions)
    yield from return_early(source, function, positions)


def list_blocks(function: FunctionNode) -> list[list[ast.stmt]]:
    """Return every list of statements in a function."""
    found = []
    for node in ast.walk(function):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                found.append(block)
    return found


def is_docstring(statement: ast.stmt, function: FunctionNode) -> bool:
    """Whether a statement is a text alone."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def replace_span(source: str, span: tuple[int, int], new: str) -> str:
    """Return the source with a stretch replaced."""
    return source[: span[0]] + new + source[span[1] :]


def change_one(source: str, statement: ast.stmt, positions: Any) -> Iterator[TextChange]:
    """Yield one statement left out, or of another kind."""
    line = statement.lineno
    if isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr | ast.If):
        left_out = replace_span(source, positions.span(statement), "pass")
        yield "line left out", left_out, line, 0.8
    for what, node, new, cost in [*change_assignment(statement), *change_control(statement)]:
        yield what, replace_span(source, positions.span(node), new), line, cost


def list_variables(function: FunctionNode) -> set[str]:
    """Return the names of what a function is given, and of what it sets."""
    given = {argument.arg for argument in ast.walk(function) if isinstance(argument, ast.arg)}
    names = (node for node in ast.walk(function) if isinstance(node, ast.Name))
    return given | {node.id for node in names if isinstance(node.ctx, ast.Store)}


def overwrite(statement: ast.stmt, variables: set[str]) -> Iterator[tuple[str, str]]:
    """Yield `x = y = f(x)` for `y = f(x)`: what was needed later is gone."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return
    target = statement.targets[0]
    if not isinstance(target, ast.Name) or not isinstance(statement.value, ast.Call):
        return
    used = [node.id for node in ast.walk(statement.value) if isinstance(node, ast.Name)]
    for name in dict.fromkeys(used):
        if name in variables and name not in (target.id, "self"):
            yield name, f"{name} = {ast.unparse(statement)}"


Stretch = tuple[str, ast.AST, str, float]  # what, the node that is replaced, its new text, the cost


def change_assignment(statement: ast.stmt) -> Iterator[Stretch]:
    """Yield what is added up set, what is set added up, one of several values not kept."""
    if isinstance(statement, ast.AugAssign):
        target, value = ast.unparse(statement.target), ast.unparse(statement.value)
        yield "set, not added to", statement, f"{target} = {value}", 0.9
        for sign in ("+=", "-=", "*=", "/="):
            yield "another operator", statement, f"{target} {sign} {value}", 1.0
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        first = statement.targets[0]
        if isinstance(first, ast.Subscript):
            added = f"{ast.unparse(first)} += {ast.unparse(statement.value)}"
            yield "added to, not set", statement, added, 0.9
        for place, name in enumerate(first.elts if isinstance(first, ast.Tuple) else ()):
            if isinstance(name, ast.Name):
                yield f"item {place} not kept", name, "_", 1.0
    if is_add_at(statement):
        assert isinstance(statement, ast.Expr)
        assert isinstance(statement.value, ast.Call)
        array, index, value = (ast.unparse(argument) for argument in statement.value.args)
        yield "each index once", statement, f"{array}[{index}] += {value}", 0.7
        rows = f"for k in range(len({index})): {array}[{index}[k]] += {value}[k]"
        yield "each index once a row", statement, rows, 0.8


def change_augmented(
    statement: ast.stmt, context: Context
) -> Iterator[tuple[str, ast.stmt, str, float]]:
    """Yield the changes of `y = y * a` for `y *= a`."""
    if not isinstance(statement, ast.AugAssign):
        return
    target = ast.unparse(statement.target)
    before = ast.parse(target, mode="eval").body
    whole = ast.BinOp(before, statement.op, statement.value)
    for operator in OPERATORS:
        for change in operator(whole, context):
            yield change.what, statement, f"{target} = {ast.unparse(change.new)}", change.cost


def change_control(statement: ast.stmt) -> Iterator[Stretch]:
    """Yield a condition inverted, met always or never; a loop in reverse."""
    if isinstance(statement, ast.If):
        yield "condition inverted", statement.test, f"not ({ast.unparse(statement.test)})", 1.0
        for constant in ("True", "False"):
            yield f"always {constant}", statement.test, constant, 0.9
    if isinstance(statement, ast.For):
        backwards = f"reversed(list({ast.unparse(statement.iter)}))"
        yield "in reverse order", statement.iter, backwards, 1.1


def is_add_at(statement: ast.stmt) -> bool:
    """Whether a statement is `np.add.at(a, i, v)`."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    called = ast.unparse(statement.value.func)
    return called.endswith(".add.at") and len(statement.value.args) == 3


def move(source: str, block: list[ast.stmt], positions: Any) -> Iterator[TextChange]:
    """Yield a statement further up or down in its block; at most so many steps."""
    plain = ast.Assign | ast.AugAssign | ast.Expr
    for first in range(len(block)):
        for last in range(first + 1, min(first + MAX_STEPS + 1, len(block))):
            moved = block[first : last + 1]
            if not all(isinstance(one, plain) for one in moved):
                break
            spans = [positions.span(one) for one in moved]
            texts = [source[slice(*span)] for span in spans]
            what = "lines exchanged" if last == first + 1 else "line moved"
            for order in ([*texts[1:], texts[0]], [texts[-1], *texts[:-1]]):
                changed = source
                for span, text in sorted(zip(spans, order, strict=True), reverse=True):
                    changed = replace_span(changed, span, text)
                yield what, changed, moved[0].lineno, 1.0


def return_early(source: str, function: FunctionNode, positions: Any) -> Iterator[TextChange]:
    """Yield another of the function's variables returned."""
    returns = [s for s in function.body if isinstance(s, ast.Return) and s.value is not None]
    stored = [
        target.id
        for statement in function.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    ]
    for statement in returns:
        assert statement.value is not None
        for name in dict.fromkeys(stored):
            span = positions.span(statement.value)
            yield f"{name} returned", replace_span(source, span, name), statement.lineno, 1.2
