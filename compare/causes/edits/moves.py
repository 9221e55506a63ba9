"""A factor or a decay in another line: the rate in the velocity, the decay in the gradient."""

import ast
import itertools
from collections.abc import Iterator

from .context import Context, JointChange, fill, fresh, is_module

Place = tuple[ast.expr, ast.expr]
MAX_TERMS = 8  # that a factor is moved to


def move_factor(context: Context) -> Iterator[JointChange]:
    """Yield a factor that is left out of one product and multiplies a term of another line."""
    for name in context.fractions:
        for statement in context.statements:
            for dropped in drop_factor(statement, name):
                terms = [
                    term
                    for other in context.statements
                    if other is not statement
                    for term in list_terms(getattr(other, "value", None))
                ]
                for term in terms[:MAX_TERMS]:
                    taken = fill(f"{name} * Z", term)
                    yield JointChange(f"{name} in another line", [dropped, (term, taken)], 1.1)


def drop_factor(statement: ast.stmt, name: str) -> Iterator[Place]:
    """Yield a product in a statement without one factor."""
    for node in ast.walk(statement):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            for side, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(side, ast.Name) and side.id == name:
                    yield node, fresh(other)


def list_terms(node: ast.expr | None) -> Iterator[ast.expr]:
    """Yield what is added up or subtracted in a value."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield from list_terms(node.left)
        yield from list_terms(node.right)
    elif node is not None and not isinstance(node, ast.Tuple | ast.Constant):
        yield node


def move_decay(context: Context) -> Iterator[JointChange]:
    """Yield a share of one argument in another, in the place of where it stands: decay * p.

    Weight decay is added to the gradient, or taken off the parameters.
    """
    arrays = [name for name in context.arguments if name not in context.fractions]
    for rate in context.fractions:
        uses = [node for node in context.loads.get(rate, []) if not is_module(node)]
        if len(uses) != 1:
            continue
        for grad, p in itertools.permutations([a for a in arrays if a in context.loads], 2):
            places = [(node, fill(f"Z + {rate} * {p}", node)) for node in context.loads[grad]]
            removed: list[Place] = [(uses[0], ast.Constant(0))]
            yield JointChange(f"{rate} * {p} in {grad}", [*places, *removed], 1.2)


def move_term(context: Context) -> Iterator[JointChange]:
    """Yield a term that is added where a name is used, not where it is set: decay after a norm."""
    for statement in context.statements:
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            continue
        name, value = statement.targets[0].id, statement.value
        if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Add | ast.Sub):
            continue
        inside = {id(node) for node in ast.walk(statement)}
        for use in context.loads.get(name, []):
            if id(use) not in inside:
                later = ast.BinOp(fresh(use), fresh(value.op), fresh(value.right))
                places: list[Place] = [(value, fresh(value.left)), (use, later)]
                yield JointChange(f"a term added to {name} later", places, 1.1)


JOINT_OPERATORS = (move_factor, move_decay, move_term)
