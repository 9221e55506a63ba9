"""Which other number in a reference's source gives what the port gave: estimated, not listed."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..causes.edits.context import Context, walk_function
from ..causes.edits.source_edit import Positions, replace_stretches
from ..causes.least_squares import GaussNewton, round_within_error
from .edit_search import EditSearch, Fit
from .edited import FunctionSource, build_edited

PLACE = "__trueport_number__"
SOLVER = GaussNewton(lambda value: 1e-6 * max(abs(value), 1e-6), max_iterations=12)
MAX_RESIDUALS = 2000  # elements that the estimate is made from
ROUND_DIGITS = 4  # of a number that somebody wrote; others stand for a change that was not found
ODD_NUMBER_COST = 1.5
ERROR_FACTOR = 3.0  # of the standard error: how far a round number may lie


@dataclass(frozen=True)
class NumberPlace:
    """A number in a function's source: its value, and where it stands."""

    value: float
    start: int
    end: int
    line: int
    whole: bool


def list_numbers(source: FunctionSource) -> Iterator[NumberPlace]:
    """Yield the numbers of a function's body and defaults, and a factor of what it returns."""
    tree = ast.parse(source.text)
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    positions = Positions(source.text)
    for node in walk_function(function):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            assert isinstance(node.value, int | float)
            start, end = positions.span(node)
            value = node.value
            yield NumberPlace(float(value), start, end, node.lineno, isinstance(value, int))


def list_factors(source: FunctionSource) -> Iterator[tuple[int, int, str, int]]:
    """Yield where a factor could stand: (start, end, text with a place for it, line)."""
    function = ast.parse(source.text).body[0]
    positions = Positions(source.text)
    for node in ast.walk(function):
        value = getattr(node, "value", None)
        if isinstance(node, ast.Return | ast.Assign | ast.AugAssign) and isinstance(
            value, ast.expr
        ):
            if isinstance(value, ast.Tuple | ast.Constant):
                continue
            start, end = positions.span(value)
            text = source.text[start:end]
            inner = text if isinstance(value, ast.Call | ast.Name) else f"({text})"
            yield start, end, f"{PLACE} * {inner}", node.lineno


def list_ignored(source: FunctionSource) -> Iterator[tuple[str, str, float]]:
    """Yield each argument with a fraction as its default, the text with a place for it, and that.

    The port may take no notice of what it is given.
    """
    function = ast.parse(source.text).body[0]
    assert isinstance(function, ast.FunctionDef)
    context, positions = Context(function), Positions(source.text)
    for name, default in context.fractions.items():
        spans = [positions.span(node) for node in context.loads.get(name, [])]
        if spans:
            stretches = [(start, end, PLACE) for start, end in spans]
            yield name, replace_stretches(source.text, stretches), default


def list_terms(source: FunctionSource) -> Iterator[tuple[int, int, str]]:
    """Yield where a small term is often added: under a root, in a logarithm, below a line."""
    function = ast.parse(source.text).body[0]
    positions = Positions(source.text)
    for node in ast.walk(function):
        inside: ast.expr | None = None
        if isinstance(node, ast.Call) and len(node.args) == 1:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            inside = node.args[0] if name in ("log", "sqrt", "log2") else None
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            inside = node.right
        if inside is not None:
            start, end = positions.span(inside)
            yield start, end, f"({source.text[start:end]} + {PLACE})"


def search_numbers(search: EditSearch, part: int = 0, parts: int = 1) -> list[Fit]:
    """Return the fits of one number changed, each with its uncertainty.

    None where one value alone is wrong: some number gives that, whatever it comes from.
    """
    found: list[Fit] = []
    if sum(one.count_wrong() for one in search.seen) < 2:
        return found
    places: list[tuple[FunctionSource, str, float, str, float]] = []
    for source in search.sources:
        text = source.text
        for place in list_numbers(source):
            changed = text[: place.start] + PLACE + text[place.end :]
            what = f"another number for {text[place.start : place.end]}"
            places.append((source, changed, place.value, what, 1.0))
        for name, changed, default in list_ignored(source):
            places.append((source, changed, default, f"a number for {name}", 1.1))
        for start, end, new in list_terms(source):
            places.append((source, text[:start] + new + text[end:], 1e-8, "another term", 1.2))
        for start, end, new, _ in list_factors(source):
            changed = text[:start] + new + text[end:]
            places.append((source, changed, 1.0, "another factor", 1.4))
    for number, (source, changed, value, what, cost) in enumerate(places):
        if search.is_over():
            break
        if number % parts == part:
            found += estimate(search, source, changed, value, what, cost)
    return found


def estimate(
    search: EditSearch, source: FunctionSource, text: str, start: float, what: str, cost: float
) -> Iterator[Fit]:
    """Yield the fit of a number at a place, if there is a value at which the port is met."""
    search.tried += 1
    try:
        build_edited(
            search.module, search.name, {source.name: text.replace(PLACE, "1.5")}, source.file
        )
    except Exception:  # noqa: BLE001  # an edited source may raise anything: it fits nothing
        return
    residual = make_residual(
        search, source, lambda theta: text.replace(PLACE, f"({float(theta[0])!r})")
    )
    solved = SOLVER.solve(residual, np.array([start if start else 1e-3]))
    if solved is None:
        return
    value, error = float(solved[0][0]), float(solved[1][0])
    rounded = round_within_error(value, ERROR_FACTOR * error)
    shown = f"{rounded:.12g}"
    literal = f"({shown})" if rounded < 0 else shown
    texts = {source.name: text.replace(PLACE, literal)}
    function = search.build(texts, prepared=False)
    if function is None:
        return
    used = search.measure(texts, function, search.seen)
    if used <= 1.0:
        values = {"value": {"value": rounded, "error": error}}
        odd = ODD_NUMBER_COST if is_odd(shown) else 0.0
        yield Fit(f"{what}: {shown}", texts, cost + odd, used, values)


def is_odd(shown: str) -> bool:
    """Whether a number has more digits than people write."""
    digits = len(shown.strip("-0.").partition("e")[0].replace(".", ""))
    return digits > ROUND_DIGITS


def make_residual(
    search: EditSearch, source: FunctionSource, fill: Callable[[np.ndarray], str]
) -> Callable[[np.ndarray], np.ndarray | None]:
    """Return what is left at numbers, in units of the truth's budget. fill: its text with them."""

    def residual(theta: np.ndarray) -> np.ndarray | None:
        function = search.build({source.name: fill(theta)}, prepared=False)
        if function is None:
            return None
        left: list[np.ndarray] = []
        for one in search.seen:
            have = search.call(function, one)
            if have is None or one.got is None or have.keys() != one.truth.keys():
                return None
            for name, truth in one.truth.items():
                got = one.got.get(name)
                if got is None or not got.shape == have[name].shape == truth.want.shape:
                    return None
                left.append(weigh(got, have[name], truth.allowed))
        whole = np.concatenate(left) if left else np.zeros(0)
        stride = max(1, len(whole) // MAX_RESIDUALS)
        return whole[::stride] if whole.size else None

    return residual


def weigh(got: Any, have: Any, allowed: Any) -> np.ndarray:
    """Return the difference of two outputs in units of a budget; where there is none, plainly."""
    with np.errstate(all="ignore"):
        off = (np.asarray(have, np.float64) - got.astype(np.float64)).ravel()
        weight = np.where(allowed > 0, allowed, 1.0).ravel()
        left = np.where(np.isfinite(off), off / weight, 0.0)
    return np.asarray(left)
