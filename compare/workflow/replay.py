"""One finding again: one port in a process of its own, on one case, judged as in the run."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..causes.allowance import DIAGNOSIS_SECONDS
from ..causes.experiments import Experiments
from ..causes.explain import explain
from ..chapter.cases import generate_cases
from ..chapter.cases.arithmetic import generate_arithmetic_cases
from ..chapter.cases.data import generate_data_cases
from ..chapter.digits import load_data
from ..chapter.suite import CHAPTER
from ..execution.observation import CaseResult, PortJob
from ..execution.runner import observe_jobs
from ..execution.temporary import make_temporary_folder
from ..judging.compare import CaseEntries
from ..judging.evidence import format_input
from ..judging.expected import Truths, compute_all_expected
from ..judging.judge import (
    group_by_component,
    judge_component,
    judge_port,
    set_all_limits_aside,
)
from ..judging.verdict import Verdict
from ..ports.extras import format_install
from ..ports.registry import find_ports
from ..report.text import format_finding
from ..report.wording import name_allowance
from ..suite.case import Case, save_cases
from ..suite.component import PortSpec

Results = dict[int, CaseResult]  # by the number of the case


def find_cases(component: str, case: str | None, data: str, seed: int) -> list[Case]:
    """Return a component's cases, or the one of this name. Raises ValueError if there is none."""
    if component not in CHAPTER.components:
        known = ", ".join(CHAPTER.components)
        raise ValueError(f"unknown component {component!r}: known are {known}")
    cases = generate_cases()
    if component == "load_mnist":  # its cases depend on the digits and on the seed of the run
        digits = load_data(data)
        sizes = len(digits.mnist.x_train), len(digits.mnist.x_test)
        cases = [*generate_data_cases(digits.source, *sizes, seed), *cases]
    own = [c for c in cases if c.component == component]
    if found := [c for c in own if case in (None, c.id)]:
        return found
    names = ", ".join(repr(c.id) for c in own)
    raise ValueError(f"{component} has no case {case!r}: it has {names}")


def replay_finding(
    port: str,
    component: str,
    case: str | None = None,
    dtype: str = "float64",
    data: str = "auto",
    seed: int = 0,
) -> tuple[bool, Iterator[str]]:
    """Run and judge a port on a component; whether it passes, and how. ValueError if it cannot.

    One case is judged by itself. Its cause is the one of the component, for which every case of
    every component is run, as in the run: what one case alone allows is no cause.
    """
    (spec,) = find_ports(CHAPTER, [port])
    cases = [c for c in find_cases(component, case, data, seed) if dtype in c.dtypes]
    if not cases:
        raise ValueError(f"{component} {case!r} means nothing in {dtype}")
    if missing := spec.find_missing_packages():
        raise ValueError(f"{port} is not installed: {format_install(missing)}")
    truths, seen = observe_cases(spec, dtype, cases)
    groups = group_by_component(cases, truths, seen, dtype)
    own = judge_component(CHAPTER, port, dtype, component, groups[component])
    if not own.passed:
        rest = [*generate_arithmetic_cases(), *find_cases(component, None, data, seed)]
        rest += [c for c in generate_cases() if c.component != component]
        take_cause(own, explain_all(spec, dtype, rest))
    return own.passed, format_replay(own, groups[component], spec.framework)


def observe_cases(spec: PortSpec, dtype: str, cases: list[Case]) -> tuple[Truths, Results]:
    """Return what each case should give, and what the port gives. ValueError if it cannot run."""
    with make_temporary_folder() as folder:
        given, own = folder / "cases", folder / "port"
        save_cases(cases, given)
        job = PortJob(f"{spec.name} {dtype}", spec, dtype, own, given, suite=CHAPTER.location)
        [seen] = observe_jobs([job], 1)
    if not seen.cases:
        raise ValueError(f"{spec.name} {dtype}: {seen.status}: {seen.message}")
    return compute_all_expected(CHAPTER, cases, dtype), seen.cases


def explain_all(spec: PortSpec, dtype: str, cases: list[Case]) -> dict[str, Verdict]:
    """Return the verdicts on a port by component, explained as in a run."""
    truths, results = observe_cases(spec, dtype, cases)
    verdicts = judge_port(CHAPTER, spec.name, dtype, cases, truths, results)
    groups = group_by_component(cases, truths, results, dtype)
    groups = set_all_limits_aside(CHAPTER, groups)[0]
    explain(verdicts, groups, Experiments(CHAPTER, DIAGNOSIS_SECONDS))
    return {verdict.component: verdict for verdict in verdicts}


def take_cause(own: Verdict, verdicts: dict[str, Verdict]) -> None:
    """Put what is known of a component into the verdict on one of its cases."""
    whole = verdicts[own.component]
    root = verdicts.get(whole.follows or "", whole)
    own.status, own.follows, own.limits = whole.status, whole.follows, whole.limits
    own.cause, own.ruled_out = whole.cause or root.cause, whole.ruled_out
    own.known = whole.known or root.known
    if whole.follows:
        own.message = "; ".join(filter(None, (own.message, f"follows from {whole.follows}")))


def format_replay(verdict: Verdict, entries: CaseEntries, framework: str) -> Iterator[str]:
    """Yield what was handed over, what came back and what was wanted; then the verdict."""
    case, truths, result = next(
        (e for e in entries if verdict.worst and e[0].id == verdict.worst.case), entries[0]
    )
    yield f"{verdict.component}, case '{case.id}', {verdict.dtype}"
    for key, value in case.rounded(verdict.dtype).inputs.items():
        yield format_value(key, value)
    for key, truth in truths.items():
        got = result.outputs.get(key, result.message or result.status)
        yield format_value(f"got {key}", got)
        yield format_value(f"want {key}", truth.want)
        yield format_value(f"allowed {key}", truth.allowed)
    if verdict.passed:
        yield f"✓ faithful: {verdict.budget_used:.2g} of {name_allowance(verdict)} used"
    elif verdict.status == "faithful":
        yield f"? {verdict.message}"
    else:
        yield from format_finding(verdict, framework)


def format_value(label: str, value: Any) -> str:
    """Return a label and a value; an array of several lines stands below its label."""
    is_array = isinstance(value, np.ndarray | np.generic)
    lines = (format_input(np.asarray(value)) if is_array else str(value)).splitlines() or [""]
    if len(lines) == 1:
        return f"  {label}: {lines[0]}"
    return "\n".join([f"  {label}:", *(f"    {line}" for line in lines)])
