"""A finding of a run, seen again with what its results say of it."""

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..chapter.suite import CHAPTER
from ..judging.results import Run
from ..judging.rows import sort_by_gate
from ..judging.status import FINDINGS, Status
from ..judging.verdict import Verdict
from ..report.findings import format_replay_command
from .replay import replay_finding


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
