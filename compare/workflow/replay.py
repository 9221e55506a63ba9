"""One finding again: one port in a process of its own, on one case, judged as in the run."""

import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..causes.experiments import Experiments
from ..causes.explain import explain
from ..chapter.cases import generate_cases
from ..chapter.cases.data import generate_data_cases
from ..chapter.digits import load_data
from ..chapter.suite import CHAPTER
from ..execution.runner import PortJob, PortRunner
from ..judging.compare import CaseEntries
from ..judging.evidence import format_input
from ..judging.expected import expected_outputs
from ..judging.judge import group_by_component, judge_component
from ..judging.results import Verdict
from ..ports.registry import find_ports
from ..report.text import format_finding
from ..suite.case import Case, save_cases


def find_cases(component: str, case: str | None, data: str, seed: int) -> list[Case]:
    """Return a component's cases, or the one of this name. Raises ValueError if there is none."""
    if component not in CHAPTER.components:
        raise ValueError(
            f"unknown component {component!r}: known are {', '.join(CHAPTER.components)}"
        )
    cases = generate_cases()
    if component == "load_mnist":  # its cases depend on the digits and on the seed of the run
        digits = load_data(data)
        sizes = len(digits.mnist.x_train), len(digits.mnist.x_test)
        cases = [*generate_data_cases(digits.source, *sizes, seed), *cases]
    known = [c for c in cases if c.component == component]
    found = [c for c in known if case in (None, c.id)]
    if not found:
        names = ", ".join(repr(c.id) for c in known)
        raise ValueError(f"{component} has no case {case!r}: it has {names}")
    return found


def replay_finding(
    port: str, dtype: str, component: str, case: str | None, data: str = "auto", seed: int = 0
) -> tuple[Verdict, CaseEntries]:
    """Run the port on the cases of a component and judge it, with its cause.

    Raises ValueError for a name that does not exist, or a port whose process cannot start.
    """
    (spec,) = find_ports([port])
    cases = [c for c in find_cases(component, case, data, seed) if dtype in c.dtypes]
    if not cases:
        raise ValueError(f"{component} {case!r} means nothing in {dtype}")
    if missing := spec.find_missing_packages():
        raise ValueError(f"{port} needs {', '.join(missing)}: not installed")
    with tempfile.TemporaryDirectory(prefix="trueport-") as name:
        folder = Path(name)
        save_cases(cases, folder / "cases")
        job = PortJob(
            f"{port} {dtype}",
            spec,
            dtype,
            folder / "port",
            folder / "cases",
            suite=CHAPTER.location,
        )
        seen = PortRunner(job, lambda kind, count: None, threading.Event()).run()
    if not seen.cases:
        raise ValueError(f"{port} {dtype}: {seen.status}: {seen.message}")
    truths = [expected_outputs(CHAPTER, c, dtype) for c in cases]
    entries = [(cases[n], truths[n], found) for n, found in sorted(seen.cases.items())]
    verdict = judge_component(CHAPTER, port, dtype, component, entries)
    groups = group_by_component(cases, truths, seen.cases, dtype)
    explain([verdict], groups, Experiments(CHAPTER))
    return verdict, entries


def format_replay(verdict: Verdict, entries: CaseEntries, framework: str) -> Iterator[str]:
    """Return what was handed over, what came back and what was wanted; then the verdict."""
    case, truths, result = next(
        (e for e in entries if verdict.worst and e[0].id == verdict.worst.case), entries[0]
    )
    yield f"{verdict.component}, case '{case.id}', {verdict.dtype}"
    for key, value in case.rounded(verdict.dtype).inputs.items():
        yield from format_value(key, value)
    for key, truth in truths.items():
        yield from format_value(
            f"got {key}", result.outputs.get(key, result.message or result.status)
        )
        yield from format_value(f"want {key}", truth.want)
        yield from format_value(f"allowed {key}", truth.allowed)
    if verdict.passed:
        yield f"✓ faithful: {verdict.budget_used:.2g} of the rounding budget used"
    elif verdict.status == "faithful":
        yield f"? {verdict.message}"
    else:
        yield from format_finding(verdict, framework)


def format_value(label: str, value: Any) -> Iterator[str]:
    """Return a label and a value; an array of several lines stands below its label."""
    text = (
        format_input(np.asarray(value))
        if isinstance(value, np.ndarray | np.generic)
        else str(value)
    )
    lines = text.splitlines() or [""]
    if len(lines) == 1:
        yield f"  {label}: {lines[0]}"
    else:
        yield f"  {label}:"
        yield from (f"    {line}" for line in lines)
