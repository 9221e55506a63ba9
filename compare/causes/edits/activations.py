"""Operators on activations: another one, its hard or its approximated form, straight far out."""

import ast
from collections.abc import Iterator

from .context import Change, Context, fill, get_called_name, get_operand

# Of erf, as GELU is approximated; Z is its argument.
APPROXIMATIONS = {
    "erf by tanh": "np.tanh(np.sqrt(2 / np.pi) * (2**0.5 * Z + 0.044715 * (2**0.5 * Z) ** 3))",
    "erf by a sigmoid": "np.tanh(0.851 * 2**0.5 * Z)",
}
SIGMOID = "1 / (1 + np.exp(-Z))"
HARD_SIGMOIDS = {
    "hard sigmoid with slope 1/6": "np.clip(Z / 6 + 0.5, 0, 1)",
    "hard sigmoid with slope 0.2": "np.clip(0.2 * Z + 0.5, 0, 1)",
}
INSTEAD = {
    "sigmoid": {**HARD_SIGMOIDS, "tanh": "np.tanh(Z)"},
    "tanh": {"hard tanh": "np.clip(Z, -1, 1)", "sigmoid": SIGMOID, "softsign": "Z / (1 + abs(Z))"},
    "relu": {
        "leaky ReLU of slope 0.01": "np.where(Z > 0, Z, 0.01 * Z)",
        "leaky ReLU of slope 0.2": "np.where(Z > 0, Z, 0.2 * Z)",
        "ReLU6": "np.clip(Z, 0, 6)",
        "softplus": "np.logaddexp(0, Z)",
        "ELU": "np.where(Z > 0, Z, np.expm1(np.minimum(Z, 0)))",
        "GELU": "0.5 * Z * (1 + np.vectorize(math.erf)(Z / 2**0.5))",
        "SiLU": "Z / (1 + np.exp(-Z))",
    },
    "softplus": {"softplus straight above 20": "np.where(Z > 20, Z, np.logaddexp(0, Z))",
                 "ReLU": "np.maximum(Z, 0)"},
    "silu": {"GELU": "0.5 * Z * (1 + np.vectorize(math.erf)(Z / 2**0.5))"}
    | {f"SiLU by a {name}": f"Z * {text}" for name, text in HARD_SIGMOIDS.items()},
}  # fmt: skip


def change_activation(node: ast.expr, context: Context) -> Iterator[Change]:
    """Another activation of the same kind on the same argument."""
    for kind, argument in recognise(node):
        for what, text in INSTEAD[kind].items():
            yield Change(f"{what} for {kind}", fill(text, argument), 0.9)


def recognise(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Yield which activation an expression is, and of what."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        exponent = get_sigmoid_argument(node.right)
        if exponent is not None and is_number(node.left, 1):
            yield "sigmoid", exponent
        elif exponent is not None and ast.dump(exponent) == ast.dump(node.left):
            yield "silu", exponent
    if not isinstance(node, ast.Call):
        return
    name = get_called_name(node).strip("_")
    if name in ("sigmoid", "tanh", "relu", "softplus", "silu") and len(node.args) == 1:
        yield name, node.args[0]
    if name in ("maximum", "logaddexp") and len(node.args) == 2:
        kind = "relu" if name == "maximum" else "softplus"
        for zero, other in (node.args, reversed(node.args)):
            if is_number(zero, 0):
                yield kind, other
    inner = get_operand(node) if name == "log1p" else None
    if isinstance(inner, ast.Call) and get_called_name(inner) == "exp":
        power = get_operand(inner)
        if power is not None:
            yield "softplus", power


def get_sigmoid_argument(node: ast.expr) -> ast.expr | None:
    """Return z of `1 + exp(-z)`."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add):
        return None
    for one, power in ((node.left, node.right), (node.right, node.left)):
        if is_number(one, 1) and isinstance(power, ast.Call) and get_called_name(power) == "exp":
            inner = get_operand(power)
            if isinstance(inner, ast.UnaryOp) and isinstance(inner.op, ast.USub):
                return inner.operand
    return None


def is_number(node: ast.expr, value: float) -> bool:
    """Whether an expression is this number."""
    return isinstance(node, ast.Constant) and node.value == value


def change_hard_form(node: ast.expr, context: Context) -> Iterator[Change]:
    """Yield clip(z + 3, 0, 6) and clip(a z + 0.5, 0, 1) with the slope of the other library."""
    if not isinstance(node, ast.Call) or get_called_name(node) != "clip" or len(node.args) != 3:
        return
    inner, low, high = node.args
    if not is_number(low, 0) or not isinstance(inner, ast.BinOp):
        return
    if is_number(high, 6) and isinstance(inner.op, ast.Add):
        text = "6 * np.clip(0.2 * Z + 0.5, 0, 1)"
        yield Change("hard sigmoid with slope 0.2", fill(text, inner.left), 0.8)
    slope = inner.left
    if is_number(high, 1) and isinstance(slope, ast.BinOp):
        for argument in (slope.left, slope.right):
            if not isinstance(argument, ast.Constant):
                for what, text in HARD_SIGMOIDS.items():
                    yield Change(what, fill(text, argument), 0.8)


def approximate_erf(node: ast.expr, context: Context) -> Iterator[Change]:
    """Yield erf by its approximations."""
    operand = get_operand(node) if isinstance(node, ast.Call) else None
    if not isinstance(node, ast.Call) or operand is None:
        return
    called = ast.unparse(node.func)
    if "erf" in called and "erfc" not in called:
        for what, text in APPROXIMATIONS.items():
            yield Change(what, fill(text, operand), 0.8)


def change_approximation(node: ast.expr, context: Context) -> Iterator[Change]:
    """Yield erf of the variable, or a sigmoid's form, for tanh of its polynomial, as of GELU."""
    operand = get_operand(node) if isinstance(node, ast.Call) else None
    if not isinstance(node, ast.Call) or get_called_name(node) != "tanh" or operand is None:
        return
    polynomial = operand
    if isinstance(operand, ast.Name):  # set in a line of its own
        polynomial = find_value(operand.id, context) or operand
    inside = [n.id for n in ast.walk(polynomial) if isinstance(n, ast.Name)]
    inside = [name for name in inside if name in context.names]
    if len(set(inside)) == 1 and len(inside) > 1:
        for what, text in (
            ("erf for tanh", "np.vectorize(math.erf)(Z / 2 ** 0.5)"),
            ("a sigmoid's form for tanh's", "np.tanh(0.851 * Z)"),
        ):
            yield Change(what, fill(text, ast.Name(inside[0], ast.Load())), 0.8)


def find_value(name: str, context: Context) -> ast.expr | None:
    """Return what a name is set to, if that is done once."""
    values = [
        statement.value
        for statement in context.statements
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == name
    ]
    return values[0] if len(values) == 1 else None


OPERATORS = (change_activation, change_hard_form, approximate_erf, change_approximation)
