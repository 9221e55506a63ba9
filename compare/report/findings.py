"""The findings: every verdict that is no pass, with all that was measured about it."""

import json
from dataclasses import dataclass
from typing import Any

from ..judging.results import Run, Verdict, encode
from . import bars, cause, error_map, replay
from .matrix import find_columns, in_gate_order
from .wording import Look, look_of, number, share, short_exponent


@dataclass(frozen=True)
class Finding:
    """A verdict to open. followers: what only follows from it, folded beneath."""

    anchor: str
    verdict: Verdict
    look: Look
    facts: tuple[tuple[str, str], ...]
    inputs: tuple[tuple[str, str], ...]  # of the worst case
    cause: cause.Cause | None
    map: error_map.ErrorMap | None
    cases: bars.Bars | None
    histogram: bars.Bars | None
    replay: str
    followers: tuple["Finding", ...] = ()

    @property
    def used(self) -> str:
        """The share of the budget in words, "" where there is none."""
        used = self.verdict.budget_used
        return "" if used is None else f"{share(used)} of the budget"


def build(run: Run) -> list[tuple[str, list[Finding]]]:
    """The findings by port, each port's in the order its gates run."""
    ports = dict.fromkeys(column.port for column in find_columns(run))
    numbers = {
        id(verdict): index + 1
        for index, verdict in enumerate(
            v for port in ports for v in in_gate_order(run) if v.port == port and not v.passed
        )
    }
    groups = []
    for port in ports:
        own = [v for v in in_gate_order(run) if v.port == port and not v.passed]
        findings = [
            finding(run, verdict, numbers, followers_of(verdict, own))
            for verdict in own
            if root_of(verdict, own) is None
        ]
        if findings:
            groups.append((port, findings))
    return groups


def root_of(verdict: Verdict, own: list[Verdict]) -> Verdict | None:
    """The finding beneath which a verdict is folded; None if it stands by itself."""
    seen: list[Verdict] = []
    while verdict.status == "follows" and verdict not in seen:
        seen.append(verdict)
        found = [v for v in own if (v.component, v.dtype) == (verdict.follows, verdict.dtype)]
        if not found:
            return None if len(seen) == 1 else verdict
        verdict = found[0]
    # What follows itself in a circle, or a stray mark, is no reason to hide anything.
    return verdict if seen and verdict not in seen else None


def followers_of(root: Verdict, own: list[Verdict]) -> list[Verdict]:
    """What is folded beneath a finding."""
    return [v for v in own if root_of(v, own) is root]


def finding(
    run: Run, verdict: Verdict, numbers: dict[int, int], followers: list[Verdict]
) -> Finding:
    """One finding, with what follows from it."""
    anchor = f"finding-{numbers[id(verdict)]}"
    record = verdict.evidence or {}
    inputs = record.get("inputs") or {}
    return Finding(
        anchor,
        verdict,
        look_of(verdict),
        facts(verdict),
        tuple((str(key), plain(value)) for key, value in inputs.items()),
        cause.build(verdict, framework_of(run, verdict.port)),
        error_map.build(run, verdict, anchor),
        bars.cases(record),
        bars.histogram(run, record),
        replay.command(verdict, run.settings) if verdict.status != "missing" else "",
        tuple(finding(run, follower, numbers, []) for follower in followers),
    )


def every(groups: list[tuple[str, list[Finding]]]) -> list[Finding]:
    """All findings, those that follow too."""
    return [f for _, group in groups for first in group for f in (first, *first.followers)]


def framework_of(run: Run, port: str) -> str:
    """The kind of arrays that a port takes."""
    return next((p.framework for p in run.ports if p.port == port), "")


def facts(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """What is known of a verdict, as label and value; what is not known is left out."""
    known: list[tuple[str, str]] = []
    if worst := verdict.worst:
        index = ", ".join(map(str, worst.index))
        known += [
            ("case", worst.case),
            ("output", worst.output),
            ("worst element", f"[{index}]" if worst.index else "(a single number)"),
            ("got", short_exponent(repr(worst.got))),
            ("want", short_exponent(repr(worst.want))),
            ("difference", number(abs(worst.got - worst.want), 3)),
            ("allowed", number(worst.allowed, 3)),
        ]
    if verdict.budget_used is not None:
        known.append(("share of budget", share(verdict.budget_used)))
    if verdict.elements:
        known.append(("elements over", f"{verdict.elements_over:,} of {verdict.elements:,}"))
    if verdict.least_rtol is not None:
        known.append(("least rtol that would pass", number(verdict.least_rtol, 3)))
    if verdict.follows:
        known.append(("follows from", verdict.follows))
    if not verdict.cause and verdict.ruled_out:
        known.append(("cause", f"unknown; {verdict.ruled_out:,} known changes were ruled out"))
    return tuple(known)


def plain(value: Any) -> str:
    """A value of a free field: text as it is, the rest as JSON.

    >>> plain("epsilon 1e-8"), plain({"b": [1, 2]})
    ('epsilon 1e-8', '{"b": [1, 2]}')
    """
    if isinstance(value, str):
        return value
    return json.dumps(encode(value), ensure_ascii=False, default=str)
