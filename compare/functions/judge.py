"""A reference's budget and a port's results to verdicts, a function at a time. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..execution.observation import CaseResult, Observation
from ..judging.compare import CaseEntry, compare_case
from ..judging.expected import Expected
from ..judging.judge import judge_component
from ..judging.status import FAILURES, Status
from ..judging.verdict import TAKES_SINGLE, Limit, Verdict
from ..suite.component import Component
from .alignment import OTHER_FORM, align_structure, describe_structures
from .function_case import FunctionCase
from .gradients import PREFIX
from .spread import Budgeted
from .structures import walk_leaves

GATE = "functions"
BUDGET_PARTS = ("want", "allowed", "undecided")
ASK_SINGLE = "not judged; --dtype float32 judges it, --dtype both all of them"
NO_ELEMENTS = "what it returns has no elements in any call: give inputs that are not empty"


def call_nothing(*given: object) -> dict[str, object]:
    """No suite calls a function of a user's own: `port_worker` does."""
    return {}


@dataclass(frozen=True)
class FunctionSuite:
    """The functions of a reference as a judge wants them."""

    components: Mapping[str, Component]
    parameters: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()


@dataclass
class Comparison:
    """All of one function in one dtype: what a judge takes, and what a cause must explain.

    numbers: those of the calls, in the order of entries. undecided: elements that rounding flips.
    """

    function: str
    dtype: str
    numbers: list[int] = field(default_factory=list)
    entries: list[CaseEntry] = field(default_factory=list)
    took_single: str = ""  # why it was asked in float32 in the end, though float64 was meant
    least_seen: float = 0.0  # there: the smallest fault that is seen, of an output's largest value
    undecided: int = 0
    elements: int = 0
    where_undecided: str = ""
    left_alone: list[str] = field(default_factory=list)  # arguments that the reference changes
    returns: bool = False  # whether the reference returns anything
    has_empty: bool = False  # whether both gave an array without elements, as of an empty batch
    blind_gradients: bool = False  # whether agreement of its derivatives proves nothing

    def count(self, case: FunctionCase, name: str, undecided: np.ndarray) -> None:
        """Count the elements of an output, and those of them that rounding flips."""
        self.elements += undecided.size
        self.undecided += int(undecided.sum())
        if undecided.any() and not self.where_undecided:
            self.where_undecided = f"case '{case.id}', {name}"

    def note_least_seen(self, truth: Expected) -> None:
        """Note how small a fault of an output would be seen."""
        largest = float(np.max(np.abs(truth.want), initial=0.0))
        if largest:
            least = float(np.max(truth.allowed, initial=0.0)) / largest
            self.least_seen = max(self.least_seen, least)


def has_gradients(found: Mapping[str, Comparison]) -> bool:
    """Whether derivatives of any function were compared."""
    entries = (entry for one in found.values() for entry in one.entries)
    return any(name.startswith(PREFIX) for _, truths, _ in entries for name in truths)


def make_suite(functions: Sequence[str]) -> FunctionSuite:
    """Return functions as components of a suite."""
    return FunctionSuite({n: Component(n, GATE, (n,), call_nothing) for n in functions})


def compare_functions(
    cases: Sequence[FunctionCase],
    reference: Observation,
    port: Observation,
    dtype: str,
    offset: int,
) -> dict[str, Comparison]:
    """Return, by function, the reference's results and the port's, in one dtype.

    offset: of the reference's numbers for this dtype, 2 for each call.
    """
    found: dict[str, Comparison] = {}
    given = {case.function for case in cases if not case.caller}
    for number, case in enumerate(cases):
        truth = reference.cases.get(2 * number + offset)
        result = port.cases.get(number) or port.explain_gap()
        if result.took == "float32" and dtype == "float64":
            truth = reference.cases.get(2 * number + 1)
        if truth is None and reference.status != "ok":
            truth = CaseResult(Status.NOT_COMPARABLE, f"the reference: {reference.message}")
        elif truth is None and result.took and 2 * number + offset in reference.cases:
            told = f"{TAKES_SINGLE}, and float64 alone was asked for: {ASK_SINGLE}"
            truth = CaseResult(Status.NOT_COMPARABLE, f"{told} ({result.message})")
        if truth is None:
            continue
        if case.caller and case.function in given and result.status == "error":
            continue  # a form in which the reference calls itself alone: nobody asks it of a port
        one = found.setdefault(case.function, Comparison(case.function, dtype))
        one.numbers.append(number)
        one.entries.append(make_entry(case, truth, result, one))
    return found


def make_entry(
    case: FunctionCase, truth: CaseResult, result: CaseResult, comparison: Comparison
) -> CaseEntry:
    """Return one call as a judge takes it: what rounding flips is taken out."""
    if truth.status != "ok":
        if truth.status == "error" and result.status == "error":
            # both refuse it: nothing to compare, and no fault
            told = f"both raise: {truth.message}"
            if " must hold numbers" in truth.message:
                told = f"neither returns numbers alone: {truth.message}"
            return case.to_case(), {}, CaseResult(Status.NOT_COMPARABLE, told)
        own = truth.status == Status.NOT_COMPARABLE  # in words that name the reference
        said = truth.message if own else f"the reference: {truth.message}"
        if " must hold numbers" in truth.message:
            said = f"the reference returns what is not compared: {truth.message}"
        return case.to_case(), {}, CaseResult(Status.NOT_COMPARABLE, said)
    names = [key.removeprefix("want:") for key in truth.outputs if key.startswith("want:")]
    if result.status != "ok":
        return case.to_case(), {}, result
    names = [name for name in names if name in result.outputs or not name.startswith(PREFIX)]
    if result.took == "float32" and comparison.dtype == "float64":
        comparison.took_single = result.message
    comparison.returns = any(
        name.startswith("result") and not name.endswith("(None)") for name in names
    )
    truths: dict[str, Expected] = {}
    wants = {name: truth.outputs[f"want:{name}"] for name in names}
    outputs = align_structure(result.outputs, wants)
    for name in names:
        want, allowed, undecided = (truth.outputs[f"{part}:{name}"] for part in BUDGET_PARTS)
        budget = Budgeted(want, allowed, undecided)
        taken = take_output(case, name, budget, outputs.get(name), comparison)
        if taken is None:
            continue
        truths[name], got = taken
        if comparison.took_single and not name.startswith(PREFIX):
            comparison.note_least_seen(truths[name])
        if got is not None:
            outputs[name] = got
    returned = [name for name in outputs if not name.startswith(PREFIX)]
    if any(name not in names for name in returned):
        told = describe_structures(returned, [n for n in names if not n.startswith(PREFIX)])
        return case.to_case(), {}, replace(result, status="error", message=told)
    return case.to_case(), truths, replace(result, outputs=outputs)


def take_output(
    case: FunctionCase,
    name: str,
    budget: Budgeted,
    got: np.ndarray | None,
    comparison: Comparison,
) -> tuple[Expected, np.ndarray | None] | None:
    """Return one output as a judge takes it, with what the port gave; None if it tells nothing."""
    want, allowed, undecided = budget.want, budget.allowed, budget.undecided
    if got is None or got.shape != want.shape or got.dtype.kind not in "fiub":
        return Expected(want, np.broadcast_to(allowed, want.shape)), got
    if name.endswith(" afterwards") and is_left_alone(case, name, got, comparison):
        return None
    if got.size == 0:
        comparison.has_empty = True
        return None
    sampled = name.startswith(PREFIX)  # of these the others are no matter of rounding
    if sampled and is_symmetric(case, name):
        want, allowed, got = (symmetrize(array) for array in (want, allowed, got))
        undecided = undecided | np.swapaxes(undecided, -1, -2)
    if sampled and is_nothing(want, allowed, got):
        return None  # neither depends on it, as far as differences can tell
    if not sampled:
        comparison.count(case, name, undecided)
    want = np.asarray(want, np.float64)
    with np.errstate(all="ignore"):
        same = ~np.isfinite(want) & ((want == got) | (np.isnan(want) & np.isnan(got)))
    skip = undecided | same
    want = np.where(skip, 0.0, want)
    mine = np.where(skip, 0.0, got).astype(got.dtype) if skip.any() else got
    return Expected(want, np.broadcast_to(allowed, want.shape)), mine


def is_left_alone(case: FunctionCase, name: str, got: np.ndarray, comparison: Comparison) -> bool:
    """Whether a port leaves an argument as it was that the reference changes beside its result.

    Where the reference returns nothing, the change is what it is for.
    """
    place = name.removesuffix(" afterwards")
    if not comparison.returns:
        return False
    for argument, value in case.arguments.items():
        for where, leaf in walk_leaves(argument, value):
            if where == place and isinstance(leaf, np.ndarray) and leaf.shape == got.shape:
                alone = bool(np.array_equal(leaf.astype(got.dtype), got))
                comparison.left_alone += [place] if alone else []
                return alone
    return False


def is_symmetric(case: FunctionCase, name: str) -> bool:
    """Whether a derivative is by an argument that is a symmetric matrix, or several of them.

    Half of its entries say what the other half does: one side may read but one triangle.
    """
    place = name.removeprefix(PREFIX).partition(" in ")[0]
    for argument, value in case.arguments.items():
        for where, leaf in walk_leaves(argument, value):
            if where == place and isinstance(leaf, np.ndarray) and leaf.ndim >= 2:
                square = leaf.shape[-1] == leaf.shape[-2] > 1
                return square and bool(np.array_equal(leaf, np.swapaxes(leaf, -1, -2)))
    return False


def symmetrize(array: np.ndarray) -> np.ndarray:
    """Return the sum of a matrix and its transpose."""
    return np.asarray(array + np.swapaxes(array, -1, -2))


def is_nothing(want: np.ndarray, allowed: np.ndarray, got: np.ndarray) -> bool:
    """Whether a derivative is zero within its error, on both sides."""
    return bool(np.all(np.abs(want) <= allowed) and np.all((np.abs(got) <= allowed) | (got == 0)))


def judge_function(port: str, comparison: Comparison) -> Verdict:
    """Return the verdict over one function; what rounding decides is no pass."""
    name = comparison.function
    suite = make_suite([name])
    verdict = judge_component(suite, port, comparison.dtype, name, comparison.entries)
    if verdict.status == Status.MISSING and comparison.has_empty:
        verdict.status, verdict.message = Status.NOT_COMPARABLE, NO_ELEMENTS
    if verdict.no_power and has_power_but_in_gradients(comparison.entries):
        verdict.no_power, verdict.message, comparison.blind_gradients = False, "", True
    verdict.limits = [
        Limit(name, place, "the reference changes it, the port leaves it as it was")
        for place in dict.fromkeys(comparison.left_alone)
    ]
    if verdict.status == Status.FAITHFUL and comparison.took_single:
        verdict.no_power = True
        verdict.message = (
            f"{TAKES_SINGLE}: judged there; faults smaller than {comparison.least_seen:.1g} of an "
            f"output's largest value cannot be seen, and its gradients were not compared "
            f"({comparison.took_single})"
        )
    verdict.undecided = comparison.undecided
    if verdict.status == Status.FAITHFUL and comparison.undecided:
        told = f"{comparison.undecided} of {comparison.elements} elements cannot be decided"
        verdict.message = (
            f"{told}: rounding alone flips them ({comparison.where_undecided}); give inputs away "
            "from the step"
        )
        verdict.no_power = comparison.undecided == comparison.elements
    return verdict


def has_power_but_in_gradients(entries: Sequence[CaseEntry]) -> bool:
    """Whether each output but derivatives is held, in some case, to a small part of its size."""
    found = [compare_case(case.id, truths, result) for case, truths, result in entries]
    conclusive = set().union(*(one.conclusive for one in found))
    left = set().union(*(one.inconclusive for one in found)) - conclusive
    return bool(conclusive) and all(name.startswith(PREFIX) for name in left)


def mark_downstream(verdicts: Sequence[Verdict], callees: Mapping[str, Sequence[str]]) -> None:
    """Mark failures of functions that call one that fails on the reference's own inputs."""
    failed = {v.component for v in verdicts if v.status in FAILURES}
    # what returns another form fails for itself: its caller makes what it needs of it
    reaching = {v.component for v in verdicts if OTHER_FORM not in v.message} & failed
    for verdict in verdicts:
        if verdict.component in failed:
            causes = collect_callees(verdict.component, callees) & reaching - {verdict.component}
            innermost = [
                c for c in sorted(causes) if not collect_callees(c, callees) & causes - {c}
            ]
            if innermost:
                verdict.follows, verdict.status = innermost[0], Status.FOLLOWS


def collect_callees(function: str, callees: Mapping[str, Sequence[str]]) -> set[str]:
    """Return every function that one calls, however deep."""
    found: set[str] = set()
    todo = list(callees.get(function, ()))
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += callees.get(name, ())
    return found


def sort_by_depth(functions: Sequence[str], callees: Mapping[str, Sequence[str]]) -> list[str]:
    """Return functions with those first that others call."""
    depth = {name: len(collect_callees(name, callees) & set(functions)) for name in functions}
    return sorted(functions, key=lambda name: depth[name])
