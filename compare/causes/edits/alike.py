"""Changes in several places: the same of what is alike, two names or parts exchanged."""

import ast
import itertools
from collections.abc import Callable, Iterator, Sequence

from .context import Change, Context, JointChange, Operator, fresh, get_called_name

MAX_ALIKE = 4  # places that are changed together
MAX_EXCHANGED = 10  # parts of one statement that are exchanged
REPEATED_COST = 0.2  # beside that of one place


def change_alike(context: Context, operators: Sequence[Operator]) -> Iterator[JointChange]:
    """Yield the same change of all places that are alike."""
    for nodes in find_alike(context):
        tables: list[dict[str, Change]] = []
        for node in nodes:
            table: dict[str, Change] = {}
            for operator in operators:
                for change in operator(node, context):
                    table.setdefault(change.what, change)
            tables.append(table)
        for what, first in tables[0].items():
            if all(what in table for table in tables):
                places = [(n, t[what].new) for n, t in zip(nodes, tables, strict=True)]
                yield JointChange(f"{what}, in each place", places, first.cost + REPEATED_COST)


def find_alike(context: Context) -> Iterator[list[ast.expr]]:
    """Yield groups of places: calls of one function, reductions of one axis, one number."""
    told: set[tuple[int, ...]] = set()
    for statements in (context.statements, *([one] for one in context.statements)):
        groups: dict[str, list[ast.expr]] = {}
        for statement in statements:
            for node in ast.walk(statement):
                for way in describe(node) if isinstance(node, ast.expr) else ():
                    assert isinstance(node, ast.expr)
                    groups.setdefault(way, []).append(node)
        for nodes in groups.values():
            key = tuple(map(id, nodes))
            if 2 <= len(nodes) <= MAX_ALIKE and key not in told and are_apart(nodes):
                told.add(key)
                yield nodes


def describe(node: ast.expr) -> Iterator[str]:
    """Yield in which ways an expression may be like another."""
    if isinstance(node, ast.Call):
        yield f"call of {get_called_name(node)}"
        for keyword in node.keywords:
            if keyword.arg == "axis":
                yield f"axis {ast.dump(keyword.value)}"
    if isinstance(node, ast.BinOp):
        kind = type(node.op).__name__
        for side, part in (("left", node.left), ("right", node.right)):
            if isinstance(part, ast.Constant | ast.Name):
                yield f"{kind} {side} {ast.dump(part)}"
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield f"{type(node.ops[0]).__name__} {ast.dump(node.comparators[0])}"
    if isinstance(node, ast.IfExp | ast.UnaryOp):
        yield f"{type(node).__name__}"


def are_apart(nodes: Sequence[ast.expr]) -> bool:
    """Whether no place lies in another."""
    return not any(
        inner is other
        for node in nodes
        for inner in ast.walk(node)
        for other in nodes
        if other is not node
    )


def exchange_names(context: Context) -> Iterator[JointChange]:
    """Yield two names exchanged in a statement; two arguments in the whole function."""
    for statement in context.statements:
        loads: dict[str, list[ast.Name]] = {}
        for node in ast.walk(statement):
            if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
                continue
            if node.id in context.names:
                loads.setdefault(node.id, []).append(node)
        for one, other in itertools.combinations(list(loads)[:MAX_EXCHANGED], 2):
            places = swap_names(loads[one], other) + swap_names(loads[other], one)
            yield JointChange(f"{one} and {other} exchanged", places, 1.0)
    for one, other in itertools.combinations(context.arguments, 2):
        if one in context.loads and other in context.loads:
            places = swap_names(context.loads[one], other)
            places += swap_names(context.loads[other], one)
            yield JointChange(f"{one} and {other} exchanged throughout", places, 1.2)
    variables = [n for n in context.names if n not in context.arguments and n in context.loads]
    for one, other in itertools.combinations(variables[:MAX_EXCHANGED], 2):
        places = swap_names(context.loads[one], other) + swap_names(context.loads[other], one)
        yield JointChange(f"{one} and {other} exchanged wherever they are read", places, 1.1)


def swap_names(nodes: Sequence[ast.expr], other: str) -> list[tuple[ast.expr, ast.expr]]:
    """Return places with another name."""
    return [(node, ast.Name(other, ast.Load())) for node in nodes]


def exchange_parts(context: Context) -> Iterator[JointChange]:
    """Yield two parts of one thing exchanged in a statement: x[1:] and x[:-1], w.T and h.T."""
    for statement in context.statements:
        parts = [
            node
            for node in ast.walk(statement)
            if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Load)
        ]
        for one, other in itertools.combinations(parts[:MAX_EXCHANGED], 2):
            same = ast.dump(one.value) == ast.dump(other.value)
            if same and ast.dump(one) != ast.dump(other) and are_apart([one, other]):
                places = [(one, fresh(other)), (other, fresh(one))]
                yield JointChange("parts exchanged", list(places), 1.0)


JOINT_OPERATORS: tuple[Callable[[Context], Iterator[JointChange]], ...] = (
    exchange_names,
    exchange_parts,
)
