"""A factor or a decay in another line: the rate in the velocity, the decay in the gradient."""

import ast
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from .context import (
    THROUGH,
    Context,
    JointChange,
    fill,
    fresh,
    get_called_name,
    get_operand,
    is_module,
)

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


@dataclass(frozen=True)
class Addition:
    """A term that a line adds to a name: `v = a + term`, `v += term`.

    inside: all of that line. without: the place that leaves the term out.
    """

    name: str
    operator: ast.operator
    term: ast.expr
    inside: set[int]
    without: Place

    def add_to(self, node: ast.expr) -> ast.expr:
        """Return an expression with the term added."""
        return ast.BinOp(fresh(node), fresh(self.operator), fresh(self.term))


def list_additions(context: Context) -> Iterator[Addition]:
    """Yield every term that is added to, or subtracted from, a name in a line of its own."""
    for statement in context.statements:
        inside = {id(node) for node in ast.walk(statement)}
        if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
            name, value = statement.target.id, statement.value
            if isinstance(statement.op, ast.Add | ast.Sub):
                nothing = (value, ast.Constant(0))
                yield Addition(name, statement.op, value, inside, nothing)
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            name, value = statement.targets[0].id, statement.value
            if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add | ast.Sub):
                left = (value, fresh(value.left))
                yield Addition(name, value.op, value.right, inside, left)


def move_term(context: Context) -> Iterator[JointChange]:
    """Yield a term that is added where a name is used, not where it is set: decay after a norm.

    Or behind the root that is taken of it there.
    """
    for added in list_additions(context):
        for use in context.loads.get(added.name, []):
            if id(use) in added.inside:
                continue
            what = f"a term added to {added.name} later"
            yield JointChange(what, [added.without, (use, added.add_to(use))], 1.1)
            for call in list_calls_of(use, context):
                behind = (call, added.add_to(call))
                yield JointChange(f"{what}, outside", [added.without, behind], 1.0)


def list_calls_of(use: ast.expr, context: Context) -> Iterator[ast.Call]:
    """Yield the calls that a name is the operand of: np.sqrt(v)."""
    for node in context.nodes:
        if not isinstance(node, ast.Call) or get_called_name(node) not in THROUGH:
            continue
        if get_operand(node) is use:
            yield node


def move_term_back(context: Context) -> Iterator[JointChange]:
    """Yield a term that is added inside the root in an earlier line: s = root(v), x / (s + eps)."""
    for statement in context.statements:
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            continue
        name, call = statement.targets[0].id, statement.value
        if not isinstance(call, ast.Call) or get_called_name(call) not in THROUGH:
            continue
        if (operand := get_operand(call)) is None:
            continue
        for without, operator, term in list_sums_with(name, context):
            inner = ast.BinOp(fresh(operand), fresh(operator), fresh(term))
            yield JointChange(f"a term of {name} moved inside", [(operand, inner), without], 1.0)


def list_sums_with(name: str, context: Context) -> Iterator[tuple[Place, ast.operator, ast.expr]]:
    """Yield where a term is added to a name, without it; the sign and the term."""
    for node in context.nodes:
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add | ast.Sub):
            continue
        if isinstance(node.left, ast.Name) and node.left.id == name:
            yield (node, fresh(node.left)), node.op, node.right
    for added in list_additions(context):
        if added.name == name and isinstance(added.without[1], ast.Constant):
            yield added.without, added.operator, added.term


JOINT_OPERATORS = (move_factor, move_decay, move_term, move_term_back)
