"""Truth, observation and budget to verdicts. Pure: nothing is read, run or written here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..execution.runner import CaseResult
from ..ports.frameworks import is_real
from ..rounding import is_conclusive, measure_shares
from ..suite.case import Case
from ..suite.suite import Suite
from .expected import Expected, Truths
from .results import Verdict, WorstElement
from .status import FAILURES, FAULTS, Status

CaseEntry = tuple[Case, Mapping[str, Expected], CaseResult]
CaseEntries = Sequence[CaseEntry]


@dataclass
class OutputComparison:
    """Some outputs held against the truth: of one tensor, one case, or a whole component."""

    used: float = 0.0  # largest share of the budget
    worst: WorstElement | None = None
    elements: int = 0
    over: int = 0
    rtol: float = 0.0
    problems: list[str] = field(default_factory=list)  # what could not be compared, in words
    inconclusive: set[str] = field(default_factory=set)  # outputs whose budget is too wide
    conclusive: set[str] = field(default_factory=set)

    def add(self, other: "OutputComparison") -> None:
        """Take another comparison into this one: counts add up, and the worst element stays."""
        if other.worst is not None and (self.worst is None or other.used > self.used):
            self.used, self.worst = other.used, other.worst
        self.elements, self.over = self.elements + other.elements, self.over + other.over
        self.rtol = max(self.rtol, other.rtol)
        self.problems += other.problems
        self.inconclusive |= other.inconclusive
        self.conclusive |= other.conclusive


def compare_tensor(
    case: str, output: str, truth: Expected, got: np.ndarray, nan_equal: bool = False
) -> OutputComparison:
    """One tensor against its truth; a wrong shape, or what holds no numbers, is a problem.

    nan_equal: NaN is right where the truth is NaN, which only outputs of a changed reference are.
    """
    want, allowed, problem = truth.want, truth.allowed, ""
    if got.shape != want.shape:
        problem = f"must have shape {want.shape} (got {got.shape})"
    elif not is_real(got):
        problem = f"must hold numbers (got {got.dtype})"
    elif want.size == 0:
        problem = "is empty"
    if problem:
        return OutputComparison(problems=[f"{case}: {output} {problem}"])
    got, want = np.asarray(got, np.float64), np.asarray(want, np.float64)
    used = measure_shares(got, want, allowed, nan_equal)
    index = np.unravel_index(np.argmax(used), used.shape)
    numbers = (float(values[index]) for values in (got, want, allowed))
    powerful = truth.statistical or is_conclusive(want, allowed)
    # of the largest value: what an rtol that lets all of it pass would be
    rtol = float(np.max(measure_shares(got, want, np.max(np.abs(want)), nan_equal)))
    return OutputComparison(
        used=float(used[index]),
        worst=WorstElement(case, output, [int(n) for n in index], *numbers),
        elements=want.size,
        over=int(np.sum(used > 1.0)),
        rtol=rtol,
        conclusive={output} if powerful else set(),
        inconclusive=set() if powerful else {output},
    )


def compare_case(
    case: str, truths: Mapping[str, Expected], result: CaseResult, nan_equal: bool = False
) -> OutputComparison:
    """Every output of one case, if it ran; an output that is not there is a problem."""
    total = OutputComparison()
    for output, truth in truths.items() if result.status == "ok" else ():
        if output in result.outputs:
            total.add(compare_tensor(case, output, truth, result.outputs[output], nan_equal))
        else:
            total.problems.append(f"{case}: no output {output!r}")
    if result.mutated:
        total.problems.append(f"{case}: changed its caller's {', '.join(result.mutated)}")
    return total


def judge_component(
    suite: Suite, port: str, dtype: str, component: str, cases: CaseEntries
) -> Verdict:
    """One verdict over all cases of a component. Never a pass for what did not run."""
    total = OutputComparison()
    broken = [(case, result) for case, _, result in cases if result.status != "ok"]
    for case, truths, result in cases:
        total.add(compare_case(case.id, truths, result))
    powerless = sorted(total.inconclusive - total.conclusive)
    verdict = Verdict(port, component, suite.components[component].gate, dtype, Status.FAITHFUL)
    verdict.worst, verdict.elements, verdict.elements_over = total.worst, total.elements, total.over
    if total.worst is not None:
        verdict.budget_used, verdict.least_rtol = total.used, total.rtol
    if broken:
        first, result = broken[0]
        verdict.status, verdict.message = Status(result.status), result.message
        if verdict.status != Status.MISSING:
            verdict.broken = first.id
            verdict.message = "; ".join(f"{case.id}: {r.message}" for case, r in broken[:3])
            if len(broken) > 3:
                verdict.message += f"; and {len(broken) - 3} more of {len(cases)} cases"
    elif total.problems:
        verdict.status, verdict.message = Status.UNFAITHFUL, "; ".join(total.problems[:3])
    elif total.used > 1.0:
        verdict.status, verdict.message = Status.UNFAITHFUL, describe_worst(total)
    elif total.worst is None:
        verdict.status, verdict.message = Status.MISSING, "no case was run"
    elif powerless:
        verdict.no_power = True
        verdict.message = (
            f"rounding in {dtype} may move {', '.join(powerless)} by more than a tenth of its "
            "size in every case: agreement proves nothing"
        )
    return verdict


def describe_worst(total: OutputComparison) -> str:
    """Describe the worst element: where, how far, how much was allowed."""
    worst = total.worst
    assert worst is not None
    place = f"{worst.output}{worst.index}" if worst.index else worst.output
    return (
        f"{total.over} of {total.elements} elements beyond their rounding budget; worst in case "
        f"'{worst.case}' at {place}: got {worst.got:.17g}, want {worst.want:.17g}, off by "
        f"{abs(worst.got - worst.want):.3g} where {worst.allowed:.3g} is allowed "
        f"({total.used:.3g} times the budget)"
    )


def group_by_component(
    cases: Sequence[Case], truths: Truths, results: Mapping[int, CaseResult], dtype: str
) -> dict[str, CaseEntries]:
    """Return component to its cases, truths and results: those that mean anything in dtype."""
    groups: dict[str, list[CaseEntry]] = {}
    for number, case in enumerate(cases):
        if dtype in case.dtypes and number in results:
            entry = (case, truths[number], results[number])
            groups.setdefault(case.component, []).append(entry)
    return dict(groups)


def judge_port(
    suite: Suite,
    port: str,
    dtype: str,
    cases: Sequence[Case],
    truths: Truths,
    results: Mapping[int, CaseResult],
) -> list[Verdict]:
    """Return verdicts in the suite's order; what another failure explains follows."""
    nothing = dict.fromkeys(range(len(cases)), CaseResult("missing", "not run"))
    groups = group_by_component(cases, truths, nothing | dict(results), dtype)
    offered = [name for name in suite.components if name in groups]
    verdicts = [judge_component(suite, port, dtype, name, groups[name]) for name in offered]
    mark_downstream(suite, verdicts)
    return verdicts


def mark_downstream(suite: Suite, verdicts: Sequence[Verdict]) -> None:
    """Mark failures that follow: a part of theirs failed on the reference's own inputs."""
    failed = {v.component for v in verdicts if v.status in FAILURES}
    for verdict in verdicts:
        if verdict.component not in failed:
            continue
        if verdict.status == Status.FOLLOWS:  # marked before; its part may be right by now
            verdict.status, verdict.follows = Status.UNFAITHFUL, None
        causes = suite.collect_parts(verdict.component) & failed
        if causes:
            verdict.follows = min(causes, key=list(suite.components).index)
            verdict.status = Status.FOLLOWS


def combine_verdicts(verdicts: Sequence[Verdict]) -> str:
    """Return the word over a port: faithful, convention, unfaithful or not-comparable.

    What is not offered is no failure; what follows from another finding counts as that does.
    """
    own = {(v.component, v.dtype): v.status for v in verdicts}
    statuses = {
        own.get((v.follows or "", v.dtype), Status.UNFAITHFUL)
        if v.status == Status.FOLLOWS
        else v.status
        for v in verdicts
        if v.status != Status.MISSING
    }
    if statuses & FAILURES:
        return "unfaithful"
    if Status.CONVENTION in statuses:
        return "convention"
    return "faithful" if any(v.passed for v in verdicts) else "not-comparable"


def find_first_divergence(verdicts: Sequence[Verdict]) -> Verdict | None:
    """Find the first failure in the order of the gates: the finding. Else the first convention."""
    found = [v for v in verdicts if v.status in FAULTS] or [
        v for v in verdicts if v.status == Status.CONVENTION
    ]
    order = list(dict.fromkeys(v.component for v in verdicts))
    return min(found, key=lambda v: order.index(v.component), default=None)
