"""One finding again: one port in a process of its own, on one case, judged as in the run."""

import itertools
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..causes.allowance import DIAGNOSIS_SECONDS
from ..causes.experiments import Experiments
from ..causes.explain import explain
from ..chapter.cases import generate_cases
from ..chapter.cases.data import generate_data_cases
from ..chapter.digits import load_data
from ..chapter.suite import CHAPTER
from ..execution.runner import PortJob, observe_jobs
from ..judging.compare import CaseEntries
from ..judging.evidence import format_input
from ..judging.expected import compute_all_expected
from ..judging.judge import group_by_component, judge_component
from ..judging.results import Run, Verdict
from ..judging.rows import sort_by_gate
from ..judging.status import FINDINGS, Status
from ..ports.extras import format_install
from ..ports.registry import find_ports
from ..report.findings import format_replay_command
from ..report.text import format_finding
from ..suite.case import Case, save_cases


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


def replay_from_run(
    folder: Path, port: str | None = None, component: str | None = None, **given: Any
) -> tuple[bool, Iterator[str]]:
    """Replay a finding of a run as `replay_finding`, with what its results say of it.

    port, component: which finding; the first of those that fit. given: what is not to be taken from
        the results, by the names of `replay_finding`.

    Raises ValueError if there is none, or it is seen again by another command; FileNotFoundError if
    folder holds no run.
    """
    run = Run.load(folder)
    verdict = choose_finding(run, port, component, given)
    if run.against or verdict.component not in CHAPTER.components:
        command = format_replay_command(verdict, run)
        raise ValueError(f"{verdict.component} of {folder} is seen again by: {command}")
    worst = verdict.worst.case if verdict.worst else verdict.broken or None
    taken: dict[str, Any] = {
        name: run.settings[name] for name in ("data", "seed") if name in run.settings
    }
    asked: dict[str, Any] = {"dtype": verdict.dtype, "case": worst, **taken, **given}
    passed, lines = replay_finding(verdict.port, verdict.component, **asked)
    return passed, itertools.chain(lines, [format_before(verdict, folder)])


def choose_finding(
    run: Run, port: str | None, component: str | None, given: Mapping[str, Any]
) -> Verdict:
    """Return the first verdict that fits and is a finding of its own, else the first that fits."""
    wanted = {"port": port, "component": component, "dtype": given.get("dtype")}
    asked = {name: value for name, value in wanted.items() if value is not None}
    fit = [
        v
        for v in sort_by_gate(run)
        if v.counts
        and v.status != Status.MISSING
        and all(getattr(v, name) == value for name, value in asked.items())
    ]
    found = [v for v in fit if not v.passed]
    found.sort(key=lambda v: v.status not in FINDINGS)
    if component is None:
        fit = []  # nothing says which of those that pass is meant
    if not (found or fit):
        words = " ".join(asked.values()) or "in any port"
        raise ValueError(f"the run has no finding {words}: name a PORT and a COMPONENT of it")
    return (found or fit)[0]


def format_before(verdict: Verdict, folder: Path) -> str:
    """Return how it was in the run.

    >>> format_before(Verdict("p", "c", "g", "float64", Status.FAITHFUL, 0.5), Path("runs/a"))
    'in runs/a: faithful, 0.5 of its budget'
    """
    used = "" if verdict.budget_used is None else f", {verdict.budget_used:.2g} of its budget"
    return f"in {folder}: {verdict.status}{used}"


def replay_finding(
    port: str,
    component: str,
    case: str | None = None,
    dtype: str = "float64",
    data: str = "auto",
    seed: int = 0,
) -> tuple[bool, Iterator[str]]:
    """Run and judge a port on a component; whether it passes, and how. ValueError if it cannot."""
    (spec,) = find_ports(CHAPTER, [port])
    cases = [c for c in find_cases(component, case, data, seed) if dtype in c.dtypes]
    if not cases:
        raise ValueError(f"{component} {case!r} means nothing in {dtype}")
    if missing := spec.find_missing_packages():
        raise ValueError(f"{port} is not installed: {format_install(missing)}")
    with tempfile.TemporaryDirectory(prefix="trueport-") as name:
        given, own = Path(name, "cases"), Path(name, "port")
        save_cases(cases, given)
        job = PortJob(f"{port} {dtype}", spec, dtype, own, given, suite=CHAPTER.location)
        [seen] = observe_jobs([job], 1)
    if not seen.cases:
        raise ValueError(f"{port} {dtype}: {seen.status}: {seen.message}")
    truths = compute_all_expected(CHAPTER, cases, dtype)
    groups = group_by_component(cases, truths, seen.cases, dtype)
    verdict = judge_component(CHAPTER, port, dtype, component, groups[component])
    explain([verdict], groups, Experiments(CHAPTER, DIAGNOSIS_SECONDS))
    return verdict.passed, format_replay(verdict, groups[component], spec.framework)


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
        yield f"✓ faithful: {verdict.budget_used:.2g} of the rounding budget used"
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
