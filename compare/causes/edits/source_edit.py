"""An edit of a function's source: a stretch of it replaced, the rest kept as it was written."""

import ast
import difflib
import warnings
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from types import CodeType

from . import (
    activations,
    alike,
    calls,
    constants,
    counting,
    expressions,
    halves,
    layout,
    masks,
    moves,
    names,
    padding,
    protection,
    recurrence,
    sampling,
    statements,
)
from .context import (
    Context,
    FunctionNode,
    JointChange,
    JointOperator,
    Operator,
    is_too_deep,
    walk_function,
)

MODULES = (expressions, calls, activations, layout, padding, counting, constants, names,
           protection, sampling, recurrence)  # fmt: skip
JOINT_MODULES = (names, protection, alike, layout, padding, halves, sampling, moves, masks)
OPERATORS: tuple[Operator, ...] = tuple(o for module in MODULES for o in module.OPERATORS)
JOINT_OPERATORS: tuple[JointOperator, ...] = tuple(
    operator for module in JOINT_MODULES for operator in module.JOINT_OPERATORS
)

Stretch = tuple[int, int, str]  # from where to where, and what stands there then


@dataclass(frozen=True)
class SourceEdit:
    """One change: the characters from start to end become new.

    what: in words. cost: how far-fetched it is; of those that fit equally, the least is named.
    line: of the source given to `list_edits`, from 1.
    also: other stretches that change with it: (start, end, new). None overlaps another.
    family: the file of this package that makes it.
    plainer: the stretches with fewer brackets, fewest first; `tidy_edit` takes the first that means
    the same.
    """

    what: str
    start: int
    end: int
    new: str
    line: int
    cost: float = 1.0
    also: tuple[tuple[int, int, str], ...] = ()
    family: str = ""
    plainer: tuple[tuple[Stretch, ...], ...] = ()

    @property
    def stretches(self) -> list[Stretch]:
        """All that changes."""
        return [(self.start, self.end, self.new), *self.also]


def apply_edit(source: str, edit: SourceEdit) -> str:
    """Return the source with an edit made."""
    return replace_stretches(source, edit.stretches)


def tidy_edit(source: str, edit: SourceEdit, whole: Hashable = None) -> SourceEdit:
    """Return an edit with as few brackets as mean the same. whole: its code, if that is known."""
    whole = whole or (code_or_none(source, edit.stretches) if edit.plainer else None)
    for stretches in edit.plainer:
        if code_or_none(source, stretches) == whole:
            (start, end, new), *also = stretches
            return replace(edit, start=start, end=end, new=new, also=tuple(also), plainer=())
    return replace(edit, plainer=())


def are_apart(stretches: Iterable[Stretch]) -> bool:
    """Whether none of several stretches overlaps another.

    >>> are_apart([(4, 6, "b"), (0, 4, "a")]), are_apart([(0, 9, "a"), (3, 4, "b")])
    (True, False)
    """
    ordered = sorted((start, end) for start, end, _ in stretches)
    return all(end <= start for (_, end), (start, _) in pairwise(ordered))


def replace_stretches(source: str, stretches: Iterable[Stretch]) -> str:
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
    before, after = (("\n" * (first_line - 1) + text).splitlines() for text in (old, new))
    return "\n".join(difflib.unified_diff(before, after, file, file, n=0, lineterm=""))


class Positions:
    """From lines and columns of a tree, in bytes, to places in the text."""

    def __init__(self, source: str) -> None:
        self.source, self.starts = source, [0]
        # not splitlines: a form feed, say, ends no line of Python's
        self.lines = [f"{line}\n" for line in source.split("\n")]
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


def list_edits(source: str, tidy: bool = True) -> Iterator[SourceEdit]:
    """Yield every edit of the source of one function, each result once.

    source: of one `def`, not indented. tidy: whether each has as few brackets as mean the same,
    which takes as long as all else; `tidy_edit` does it for one.
    """
    tree = ast.parse(source)
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    positions = Positions(source)
    seen = {code_or_none(source, [])}

    def emit(family: str, change: JointChange) -> Iterator[SourceEdit]:
        stretches = [(*positions.span(node), render(new)) for node, new in change.places]
        if not are_apart(stretches):
            return
        bracketed = [(start, end, bracket(text)) for start, end, text in stretches]
        whole = code_or_none(source, bracketed)
        if whole is None or whole in seen:
            return
        seen.add(whole)
        # as few brackets as mean the same: without those that the old text stood in, if any
        bare = all(source[a - 1 : a] == "(" and source[b : b + 1] == ")" for a, b, _ in stretches)
        tries = [tuple((a - 1, b + 1, text) for a, b, text in stretches)] if bare else []
        tries += [tuple(strip_names(source, stretches))]
        tries += [tuple(stretches)] if stretches != bracketed else []
        lines = [(a, b, t if is_whole_value(source, a, b) else bracket(t)) for a, b, t in stretches]
        tries += [tuple(lines)] if lines not in (stretches, bracketed) else []
        (start, end, new), *others = bracketed
        line, also = change.places[0][0].lineno, tuple(others)
        made = SourceEdit(
            change.what, start, end, new, line, change.cost, also, family, tuple(tries)
        )
        yield tidy_edit(source, made, whole) if tidy else made

    for family, change in list_expression_changes(function):
        yield from emit(family, change)
    for what, new_source, line, cost in statements.list_changes(source, function, positions):
        code = code_or_none(new_source, [])
        if code is not None and code not in seen:
            seen.add(code)
            start, end, new = find_change(source, new_source)
            yield SourceEdit(what, start, end, new, line, cost, (), "statements")


def list_too_deep(source: str) -> list[int]:
    r"""Return the lines, from 1, of the statements that are not edited: of too many levels.

    >>> list_too_deep("def f(x):\n    y = 2 * x\n    return " + " + ".join(["y"] * 300))
    [3]
    """
    statements = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt))
    return [node.lineno for node in statements if is_too_deep(node)]


def find_change(old: str, new: str) -> Stretch:
    """Return the stretch in which two texts differ.

    >>> find_change("a += 1", "a = 1")
    (2, 3, '')
    """
    start = count_same(old, new)
    end = min(count_same(old[::-1], new[::-1]), min(len(old), len(new)) - start)
    return start, len(old) - end, new[start : len(new) - end]


def count_same(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def list_expression_changes(function: FunctionNode) -> Iterator[tuple[str, JointChange]]:
    """Yield every change of expressions with its family, those of one place first."""
    context = Context(function)
    for node in context.nodes:
        for operator in OPERATORS:
            for change in operator(node, context):
                single = JointChange(change.what, [(node, change.new)], change.cost)
                yield name_family(operator), single
    for nodes in find_repeated(function):
        for operator in OPERATORS:
            for change in operator(nodes[0], context):
                places = [(node, change.new) for node in nodes]
                cost = change.cost + alike.REPEATED_COST
                yield "alike", JointChange(f"{change.what}, in each place", places, cost)
    for joint_operator in JOINT_OPERATORS:
        for joint in joint_operator(context):
            yield name_family(joint_operator), joint
    for joint in alike.change_alike(context, OPERATORS):
        yield "alike", joint


def name_family(operator: Operator | JointOperator) -> str:
    """Return the name of the file that an operator stands in."""
    return operator.__module__.rpartition(".")[2]


def find_repeated(function: FunctionNode) -> list[list[ast.expr]]:
    """Return the places of each call, tuple or sum that stands more than once, none in another."""
    groups: dict[str, list[ast.expr]] = {}
    for node in walk_function(function):
        if isinstance(node, ast.Call | ast.Tuple | ast.BinOp | ast.Compare):
            groups.setdefault(ast.dump(node), []).append(node)
    return [nodes for nodes in groups.values() if len(nodes) > 1]


def render(new: ast.expr) -> str:
    """Return an expression's text."""
    return ast.unparse(new)


def bracket(text: str) -> str:
    """Return an expression's text in brackets, unless it is a name or a number."""
    return text if text.isidentifier() or text.isdigit() else f"({text})"


def strip_names(source: str, stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Yield stretches, a name in the place of what stood in brackets without these."""
    for a, b, text in stretches:
        inside = text.isidentifier() and source[a - 1 : a] == "(" and source[b : b + 1] == ")"
        yield (a - 1, b + 1, text) if inside else (a, b, text)


def is_whole_value(source: str, start: int, end: int) -> bool:
    """Whether a stretch is all that a line sets or returns: it needs no brackets of its own."""
    before = source[:start].rpartition("\n")[2].rstrip()
    return before.endswith(("=", "return")) and source[end : end + 1] in ("", "\n", ";")


def code_or_none(source: str, stretches: Iterable[Stretch]) -> Hashable:
    """Return what Python makes of a source with stretches replaced, but for where it stands.

    None if it is no Python.
    """
    try:
        with warnings.catch_warnings(action="ignore"):  # of what is odd, as a number that is called
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
