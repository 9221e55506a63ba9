"""Changes of whole statements: left out, in another order, added up or set, returned too early."""

import ast
from collections.abc import Iterator
from typing import Any

from .context import FunctionNode

TextChange = tuple[str, str, int, float]  # what, the new source, the line, the cost


def list_changes(source: str, function: FunctionNode, positions: Any) -> Iterator[TextChange]:
    """Yield the source with one statement changed."""
    for block in list_blocks(function):
        for place, statement in enumerate(block):
            if is_docstring(statement, function):
                continue
            yield from change_one(source, statement, positions)
            if place + 1 < len(block) and not isinstance(block[place + 1], ast.Return):
                yield from exchange(source, statement, block[place + 1], positions)
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
    """Yield one statement left out, or an assignment of another kind."""
    span, line = positions.span(statement), statement.lineno
    if isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr | ast.If):
        yield "line left out", replace_span(source, span, "pass"), line, 0.8
    if isinstance(statement, ast.AugAssign):
        target, value = ast.unparse(statement.target), ast.unparse(statement.value)
        yield "set, not added to", replace_span(source, span, f"{target} = {value}"), line, 0.9
        for sign in ("+=", "-=", "*=", "/="):
            yield (
                "another operator",
                replace_span(source, span, f"{target} {sign} {value}"),
                line,
                1.0,
            )
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = ast.unparse(statement.targets[0]), ast.unparse(statement.value)
        if isinstance(statement.targets[0], ast.Subscript):
            yield "added to, not set", replace_span(source, span, f"{target} += {value}"), line, 0.9
    if is_add_at(statement):
        assert isinstance(statement, ast.Expr)
        assert isinstance(statement.value, ast.Call)
        array, index, value = (ast.unparse(argument) for argument in statement.value.args)
        new = f"{array}[{index}] += {value}"
        yield "each index once", replace_span(source, span, new), line, 0.7
    if isinstance(statement, ast.If):
        test = positions.span(statement.test)
        inverted = f"not ({ast.unparse(statement.test)})"
        yield "condition inverted", replace_span(source, test, inverted), line, 1.0
        for constant in ("True", "False"):
            yield f"always {constant}", replace_span(source, test, constant), line, 0.9
    if isinstance(statement, ast.For):
        over = positions.span(statement.iter)
        backwards = f"reversed(list({ast.unparse(statement.iter)}))"
        yield "in reverse order", replace_span(source, over, backwards), line, 1.1


def is_add_at(statement: ast.stmt) -> bool:
    """Whether a statement is `np.add.at(a, i, v)`."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    called = ast.unparse(statement.value.func)
    return called.endswith(".add.at") and len(statement.value.args) == 3


def exchange(source: str, one: ast.stmt, other: ast.stmt, positions: Any) -> Iterator[TextChange]:
    """Yield two neighbours in the other order, and the first after the rest of its block."""
    simple = ast.Assign | ast.AugAssign | ast.Expr
    if isinstance(one, simple) and isinstance(other, simple):
        first, second = positions.span(one), positions.span(other)
        text, next_text = source[slice(*first)], source[slice(*second)]
        swapped = replace_span(replace_span(source, second, text), first, next_text)
        yield "lines exchanged", swapped, one.lineno, 1.0


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
