"""The findings: every verdict that is no pass, with all that was measured about it."""

import itertools
from dataclasses import dataclass

from ..judging.results import Run, Verdict
from ..judging.rows import sort_by_gate
from . import bars, cause, error_map, replay
from .matrix import find_columns
from .wording import (
    StatusStyle,
    format_field,
    format_number,
    format_share,
    get_status_style,
    shorten_exponent,
)


@dataclass(frozen=True)
class Finding:
    """A verdict to open.

    followers: what only follows from it, folded beneath.
    """

    anchor: str
    verdict: Verdict
    style: StatusStyle
    facts: tuple[tuple[str, str], ...]
    inputs: tuple[tuple[str, str], ...]  # of the worst case
    cause: cause.CauseDetails | None
    map: error_map.ErrorMap | None
    cases: bars.BarChart | None
    histogram: bars.BarChart | None
    replay: str
    followers: tuple["Finding", ...] = ()

    @property
    def used(self) -> str:
        """Return the share of the budget in words, "" where there is none."""
        used = self.verdict.budget_used
        return "" if used is None else f"{format_share(used)} of the budget"


def build_findings(run: Run) -> list[tuple[str, list[Finding]]]:
    """Return the findings by port, each port's in the order its gates run."""
    failing: dict[str, list[Verdict]] = {column.port: [] for column in find_columns(run)}
    for verdict in sort_by_gate(run):
        if not verdict.passed:
            failing[verdict.port].append(verdict)
    every = itertools.chain.from_iterable(failing.values())
    numbers = {id(verdict): number for number, verdict in enumerate(every, 1)}
    return [
        (
            port,
            [
                build_finding(run, v, numbers, [f for f in own if find_root(f, own) is v])
                for v in own
                if find_root(v, own) is None
            ],
        )
        for port, own in failing.items()
        if own
    ]


def find_root(verdict: Verdict, own: list[Verdict]) -> Verdict | None:
    """Return the finding beneath which a verdict is folded; None if it stands by itself."""
    seen: list[Verdict] = []
    while verdict.status == "follows" and verdict not in seen:
        seen.append(verdict)
        found = [v for v in own if (v.component, v.dtype) == (verdict.follows, verdict.dtype)]
        if not found:
            return None if len(seen) == 1 else verdict
        verdict = found[0]
    # What follows itself in a circle, or a stray mark, is no reason to hide anything.
    return verdict if seen and verdict not in seen else None


def build_finding(
    run: Run, verdict: Verdict, numbers: dict[int, int], followers: list[Verdict]
) -> Finding:
    """Return one finding, with what follows from it."""
    anchor = f"finding-{numbers[id(verdict)]}"
    record = verdict.evidence or {}
    inputs = record.get("inputs") or {}
    return Finding(
        anchor,
        verdict,
        get_status_style(verdict),
        format_facts(verdict),
        tuple((str(key), format_field(value)) for key, value in inputs.items()),
        cause.build_cause_details(verdict, find_framework(run, verdict.port)),
        error_map.build_error_map(run, verdict, anchor),
        bars.build_case_chart(record),
        bars.build_histogram(run, record),
        replay.format_replay_command(verdict, run.settings) if verdict.status != "missing" else "",
        tuple(build_finding(run, follower, numbers, []) for follower in followers),
    )


def flatten_findings(groups: list[tuple[str, list[Finding]]]) -> list[Finding]:
    """Return all findings, those that follow too."""
    return [f for _, group in groups for first in group for f in (first, *first.followers)]


def find_framework(run: Run, port: str) -> str:
    """Return the kind of arrays that a port takes."""
    return next((p.framework for p in run.ports if p.port == port), "")


def format_facts(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """Return what is known of a verdict, as label and value; what is not known is left out."""
    known: list[tuple[str, str]] = []
    if worst := verdict.worst:
        index = ", ".join(map(str, worst.index))
        known += [
            ("case", worst.case),
            ("output", worst.output),
            ("worst element", f"[{index}]" if worst.index else "(a single number)"),
            ("got", shorten_exponent(repr(worst.got))),
            ("want", shorten_exponent(repr(worst.want))),
            ("difference", format_number(abs(worst.got - worst.want), 3)),
            ("allowed", format_number(worst.allowed, 3)),
        ]
    if verdict.budget_used is not None:
        known.append(("share of budget", format_share(verdict.budget_used)))
    if verdict.elements:
        known.append(("elements over", f"{verdict.elements_over:,} of {verdict.elements:,}"))
    if verdict.least_rtol is not None:
        known.append(("least rtol that would pass", format_number(verdict.least_rtol, 3)))
    if verdict.follows:
        known.append(("follows from", verdict.follows))
    if not verdict.cause and verdict.ruled_out:
        known.append(("cause", f"unknown; {verdict.ruled_out:,} known changes were ruled out"))
    return tuple(known)
