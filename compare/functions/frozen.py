"""Where a value is right and its gradient wrong: which expression the port holds constant.

`.detach()`, `.item()`, `torch.no_grad()` and `stop_gradient` change no value. The reference with
that expression frozen at what it was is differentiated in its place.
"""

import ast
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..causes.edits.context import walk_function
from ..causes.edits.source_edit import Positions
from .edit_search import EditSearch, Fit
from .edited import HELD_CONSTANT, FunctionSource
from .gradients import differentiate_reference
from .seen import Seen
from .spread import Budgeted
from .structures import ArrayDict

FROZEN = "__trueport_frozen__"
STATEMENT_COST, EXPRESSION_COST = 0.8, 1.0


class _Tape:
    """What an expression gave in the first run, and gives again in all others."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.position = 0
        self.recording = True

    def __call__(self, value: Any) -> Any:
        if self.recording:
            self.values.append(np.array(value) if isinstance(value, np.ndarray) else value)
            return value
        found = self.values[self.position % max(len(self.values), 1)]
        self.position += 1
        return found


def list_frozen(source: FunctionSource) -> Iterator[tuple[str, str, str, float]]:
    """Yield (what, text to run, text to show, cost) of each expression of a function frozen."""
    function = ast.parse(source.text).body[0]
    assert isinstance(function, ast.FunctionDef)
    positions = Positions(source.text)
    stored = {id(n.value) for n in ast.walk(function) if isinstance(n, ast.Assign)}
    kinds = (ast.Subscript, ast.Attribute)
    targets = {  # what is stored into: a copy of it would swallow the value
        id(inner)
        for n in ast.walk(function)
        if isinstance(n, kinds) and isinstance(n.ctx, ast.Store)
        for inner in ast.walk(n.value)
    }
    seen: set[tuple[int, int]] = set()
    for node in walk_function(function):
        if not isinstance(node, ast.Call | ast.BinOp | ast.Name | ast.Subscript):
            continue
        if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load) or id(node) in targets:
            continue
        span = positions.span(node)
        if span in seen:
            continue
        seen.add(span)
        inner = source.text[span[0] : span[1]]
        texts = [
            f"{source.text[: span[0]]}{name}({inner}){source.text[span[1] :]}"
            for name in (FROZEN, HELD_CONSTANT)
        ]
        cost = STATEMENT_COST if id(node) in stored else EXPRESSION_COST
        yield "no gradient through it (detached)", texts[0], texts[1], cost


def search_frozen(search: EditSearch, part: int = 0, parts: int = 1) -> list[Fit]:
    """Return the expressions that give the port's gradient where they are held constant."""
    failing = [one for one in search.seen if one.gradient_truth and one.has_wrong_gradient]
    right = [one for one in search.seen if one.gradient_truth and not one.has_wrong_gradient]
    found: list[Fit] = []
    for source in search.sources:
        for number, (what, text, shown, cost) in enumerate(list_frozen(source)):
            if search.is_over():
                return found
            if number % parts != part:
                continue
            search.tried += 1
            used = max((measure(search, source, text, one) for one in failing), default=np.inf)
            if used <= 1.0 and all(measure(search, source, text, o) <= 1.0 for o in right):
                found.append(Fit(what, {source.name: shown}, cost, used))
    least = min((fit.cost for fit in found), default=0.0)
    return [fit for fit in found if fit.cost == least]  # a part of the same is no other cause


def measure(search: EditSearch, source: FunctionSource, text: str, one: Seen) -> float:
    """Return the share of its error by which a frozen reference's gradient misses the port's."""
    tape = _Tape()
    function = search.build({source.name: text}, {FROZEN: tape})
    have = None if function is None else search.call(function, one)
    if function is None or have is None or search.changes(have, one):
        return np.inf
    tape.recording = False

    def replay(*args: Any, **kwargs: Any) -> Any:
        tape.position = 0
        return function(*args, **kwargs)

    replay.__signature__ = get_signature(function)  # type: ignore[attr-defined]
    try:
        found = differentiate_reference(replay, one.case, one.truth)
    except Exception:  # noqa: BLE001  # an edited function may raise anything: it fits nothing
        return np.inf
    return compare_gradients(found, one.gradient_got)


def get_signature(function: Callable[..., Any]) -> Any:
    """Return a function's signature."""
    return inspect.signature(function)


def compare_gradients(found: dict[str, Budgeted], got: ArrayDict) -> float:
    """Return the largest share of the error of differences; infinite if an array is missing."""
    used = 0.0
    for name, one in found.items():
        mine = got.get(name)
        if mine is None or mine.shape != one.want.shape or not np.all(np.isfinite(one.want)):
            return np.inf
        decided = ~one.undecided
        if not decided.any():
            continue
        with np.errstate(all="ignore"):
            shares = np.abs(mine - one.want)[decided] / one.allowed[decided]
        used = max(used, float(np.max(np.where(np.isnan(shares), 0.0, shares))))
    return used
