"""Truth, observation and budget to verdicts. Pure: nothing is read, run or written here."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from ..execution.observation import CaseResult
from ..suite.case import Case
from ..suite.component import Component
from ..suite.suite import Suite
from .compare import CaseEntries, CaseEntry, OutputComparison, compare_case
from .expected import Truths
from .limits import set_limits_aside
from .status import FAILURES, FAULTS, Status
from .verdict import Limit, Verdict


class HasComponents(Protocol):
    """What a judge needs of a suite."""

    @property
    def components(self) -> Mapping[str, Component]:
        """What a port may offer, by name."""


def judge_component(
    suite: HasComponents,
    port: str,
    dtype: str,
    component: str,
    cases: CaseEntries,
    limits: Sequence[Limit] = (),
) -> Verdict:
    """One verdict over all cases of a component. Never a pass for what did not run.

    limits: what was set aside of it (`compare.judging.limits`).
    """
    total = OutputComparison()
    broken = [(case, result) for case, _, result in cases if result.status != "ok"]
    failed = [entry for entry in broken if entry[1].status != Status.NOT_COMPARABLE]
    for case, truths, result in cases:
        total.add(compare_case(case.id, truths, result))
    powerless = sorted(total.inconclusive - total.conclusive)
    verdict = Verdict(port, component, suite.components[component].gate, dtype, Status.FAITHFUL)
    verdict.worst, verdict.elements, verdict.elements_over = total.worst, total.elements, total.over
    verdict.limits = list(limits)
    verdict.statistical = suite.components[component].expected is not None
    verdict.right = sorted(total.right - total.wrong) if total.wrong else []
    if total.worst is not None:
        verdict.budget_used, verdict.least_rtol = total.used, total.rtol
    if limits and not cases:
        verdict.status = Status.LIMIT
    elif failed:
        first, result = failed[0]
        verdict.status, verdict.message = Status(result.status), result.message
        if verdict.status != Status.MISSING:
            verdict.broken = first.id
            told = [(case.id, other.message) for case, other in failed]
            verdict.message = describe_broken(told, len(cases))
    elif total.problems:
        verdict.status, verdict.message = Status.UNFAITHFUL, "; ".join(total.problems[:3])
    elif total.used > 1.0:
        verdict.status, verdict.message = (
            Status.UNFAITHFUL,
            describe_worst(total, verdict.statistical),
        )
    elif broken:
        verdict.status, verdict.message = Status.NOT_COMPARABLE, broken[0][1].message
    elif total.worst is None:
        verdict.status, verdict.message = Status.MISSING, "no case was run"
    elif powerless:
        verdict.no_power = True
        verdict.message = (
            f"rounding in {dtype} may move {', '.join(powerless)} by more than a tenth of its "
            "size in every case: agreement proves nothing"
        )
    return verdict


def describe_broken(broken: Sequence[tuple[str, str]], total: int) -> str:
    """Return what cases raised, each message once with the cases that it is of.

    >>> describe_broken([("a", "E"), ("b", "E")], 2), describe_broken([("a", "E"), ("b", "F")], 3)
    ('E, in every case', 'a: E; b: F')
    """
    ids: dict[str, list[str]] = {}
    for case, message in broken:
        ids.setdefault(message, []).append(case)
    if len(ids) == 1 and len(broken) == total:
        return f"{broken[0][1]}, in every case" if total > 1 else f"{broken[0][0]}: {broken[0][1]}"
    told = [
        f"{', '.join(own[:2])}{f' and {len(own) - 2} more' if len(own) > 2 else ''}: {message}"
        for message, own in list(ids.items())[:3]
    ]
    if left := sum(len(own) for own in list(ids.values())[3:]):
        told.append(f"and {left} more of {total} cases")
    return "; ".join(told)


def describe_worst(total: OutputComparison, statistical: bool = False) -> str:
    """Describe the worst element: where, how far, how much was allowed.

    statistical: by chance, in what was drawn, and not by rounding.
    """
    worst = total.worst
    assert worst is not None
    place = f"{worst.output}{worst.index}" if worst.index else worst.output
    beyond = "elements beyond their rounding budget"
    if statistical:
        beyond = "statistics beyond what chance allows a right draw"
    return (
        f"{total.over} of {total.elements} {beyond}; worst in case "
        f"'{worst.case}' at {place}: got {worst.got:.17g}, want {worst.want:.17g}, off by "
        f"{abs(worst.got - worst.want):.3g} where {worst.allowed:.3g} is allowed "
        f"({total.used:.3g} times {'that' if statistical else 'the budget'})"
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


def set_all_limits_aside(
    suite: Suite, groups: Mapping[str, CaseEntries]
) -> tuple[dict[str, CaseEntries], dict[str, list[Limit]]]:
    """Return, by component, the cases that it is judged by, and its limits."""
    found = {name: set_limits_aside(suite.components[name], groups[name]) for name in groups}
    return {n: cases for n, (cases, _) in found.items()}, {n: lim for n, (_, lim) in found.items()}


def is_idle(cases: CaseEntries) -> bool:
    """Whether a component is nothing to speak of: not promised, and what it tries not offered."""
    return all(not case.promised and result.status == "missing" for case, _, result in cases)


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
    judged, limits = set_all_limits_aside(suite, groups)
    verdicts = [
        judge_component(suite, port, dtype, name, judged[name], limits[name])
        for name in suite.components
        if name in groups and not is_idle(groups[name])
    ]
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

    What is not offered is no failure, and a limit counts for nothing. What could not run is not
    comparable, unless something else fails. What follows from another finding counts as that does.
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
    if Status.NOT_COMPARABLE in statuses:
        return "not-comparable"
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
