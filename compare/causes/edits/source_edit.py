"""An edit of a function's source: a stretch of it replaced, the rest kept as it was written."""

import ast
import copy
import difflib
import warnings
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from types import CodeType

from . import calls, constants, expressions, layout, names, statements
from .context import Change, Context, FunctionNode

OPERATORS = (
    *expressions.OPERATORS,
    *calls.OPERATORS,
    *layout.OPERATORS,
    *constants.OPERATORS,
    *names.OPERATORS,
)


@dataclass(frozen=True)
class SourceEdit:
    """One change: the characters from start to end become new.

    what: in words. cost: how far-fetched it is; of those that fit equally, the least is named.
    line: of the source given to `list_edits`, from 1.
    also: other stretches that change with it: (start, end, new).
    """

    what: str
    start: int
    end: int
    new: str
    line: int
    cost: float = 1.0
    also: tuple[tuple[int, int, str], ...] = ()


def apply_edit(source: str, edit: SourceEdit) -> str:
    """Return the source with an edit made."""
    return replace_stretches(source, [(edit.start, edit.end, edit.new), *edit.also])


def replace_stretches(source: str, stretches: list[tuple[int, int, str]]) -> str:
    """Return the source with stretches replaced, none of which overlap."""
    for start, end, new in sorted(stretches, reverse=True):
        source = source[:start] + new + source[end:]
    return source


def format_diff(old: str, new: str, file: str, first_line: int = 1) -> str:
    r"""Return a unified diff without context.

    first_line: of old in file.

    >>> print(format_diff("a\nb\n", "a\nc\n", "ref.py", 10))
    --- ref.py
    +++ ref.py
    @@ -11 +11 @@
    -b
    +c
    """
    before, after = ("\n" * (first_line - 1) + text for text in (old, new))
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), file, file, n=0, lineterm=""
    )
    return "\n".join(lines)


class Positions:
    """From lines and columns of a tree, in bytes, to places in the text."""

    def __init__(self, source: str) -> None:
        self.source, self.starts = source, [0]
        self.lines = source.splitlines(keepends=True)
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))

    def find(self, line: int, column: int) -> int:
        """Return the place of a line, from 1, and a column in bytes."""
        return self.starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Return where a node stands."""
        assert isinstance(node, ast.expr | ast.stmt | ast.arg)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self.find(node.lineno, node.col_offset),
            self.find(node.end_lineno, node.end_col_offset),
        )


def list_edits(source: str) -> Iterator[SourceEdit]:
    """Yield every edit of the source of one function, each result once.

    source: of one `def`, not indented.
    """
    tree = ast.parse(source)
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    positions = Positions(source)
    seen = {code_or_none(source, [])}

    def emit(change: Change, spans: list[tuple[int, int]], line: int) -> Iterator[SourceEdit]:
        text = render(change.new)
        whole = code_or_none(source, [(start, end, f"({text})") for start, end in spans])
        if whole is None or whole in seen:
            return
        seen.add(whole)
        # as few brackets as mean the same: without those that the old text stood in, if any
        bare = all(source[a - 1 : a] == "(" and source[b : b + 1] == ")" for a, b in spans)
        tries = [[(a - 1, b + 1, text) for a, b in spans]] if bare else []
        tries += [[(a, b, text) for a, b in spans], [(a, b, f"({text})") for a, b in spans]]
        (start, end, new), *others = next(t for t in tries if code_or_none(source, t) == whole)
        yield SourceEdit(change.what, start, end, new, line, change.cost, tuple(others))

    for change, nodes in list_expression_changes(function):
        yield from emit(change, [positions.span(node) for node in nodes], nodes[0].lineno)
    for what, new_source, line, cost in statements.list_changes(source, function, positions):
        code = code_or_none(new_source, [])
        if code is not None and code not in seen:
            seen.add(code)
            yield SourceEdit(what, 0, len(source), new_source, line, cost)


def list_expression_changes(function: FunctionNode) -> Iterator[tuple[Change, list[ast.expr]]]:
    """Yield every change of an expression, with the places that it is made in."""
    context = Context(function)
    for node in walk_function(function):
        for operator in OPERATORS if isinstance(node, ast.expr) else ():
            assert isinstance(node, ast.expr)
            for change in operator(node, context):
                yield change, [node]
    for nodes in find_repeated(function):
        for operator in OPERATORS:
            for change in operator(nodes[0], context):
                what = f"{change.what}, in each place"
                yield replace(change, what=what, cost=change.cost + 0.2), nodes
    yield from names.list_joint_changes(context)


def find_repeated(function: FunctionNode) -> list[list[ast.expr]]:
    """Return the places of each call, tuple or sum that stands more than once, none in another."""
    groups: dict[str, list[ast.expr]] = {}
    for node in walk_function(function):
        if isinstance(node, ast.Call | ast.Tuple | ast.BinOp | ast.Compare):
            groups.setdefault(ast.dump(node), []).append(node)
    return [nodes for nodes in groups.values() if len(nodes) > 1]


def walk_function(function: FunctionNode) -> Iterator[ast.AST]:
    """Yield every expression of a function's body and of its defaults, but for its docstring."""
    docstring = ast.get_docstring(function, clean=False) is not None
    roots: list[ast.AST] = [*function.args.defaults, *filter(None, function.args.kw_defaults)]
    roots += function.body[1:] if docstring else function.body
    for root in roots:
        yield from ast.walk(root)


def render(new: ast.expr) -> str:
    """Return an expression's text."""
    return ast.unparse(ast.fix_missing_locations(copy.deepcopy(new)))


def code_or_none(source: str, stretches: list[tuple[int, int, str]]) -> Hashable:
    """Return what Python makes of a source with stretches replaced, but for where it stands.

    None if it is no Python.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of an edit that is odd, as a number that is called
            return reduce_code(compile(replace_stretches(source, stretches), "edited", "exec"))
    except (SyntaxError, ValueError):
        return None


def reduce_code(code: CodeType) -> Hashable:
    """Return what a code object does, without its lines."""
    constants = [
        reduce_code(value) if isinstance(value, CodeType) else (type(value).__name__, repr(value))
        for value in code.co_consts
    ]
    return code.co_code, tuple(constants), code.co_names, code.co_varnames, code.co_freevars
