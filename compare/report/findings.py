"""The findings: every verdict that is no pass, with all that was measured about it."""

import json
from dataclasses import dataclass
from typing import Any

from compare.report.matrix import find_columns, in_gate_order
from compare.report.words import Look, look_of, number, share, short_exponent
from compare.results import Run, Verdict, encode


@dataclass(frozen=True)
class Finding:
    anchor: str
    verdict: Verdict
    look: Look
    facts: tuple[tuple[str, str], ...]


def build(run: Run) -> list[tuple[str, list[Finding]]]:
    """The findings by port, each port's in the order its gates run."""
    ports = dict.fromkeys(column.port for column in find_columns(run))
    groups = []
    index = 0
    for port in ports:
        findings = []
        for verdict in in_gate_order(run):
            if verdict.port == port and not verdict.passed:
                index += 1
                look = look_of(verdict)
                findings.append(Finding(f"finding-{index}", verdict, look, facts(verdict)))
        if findings:
            groups.append((port, findings))
    return groups


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
    if verdict.cause:
        known += [(f"cause: {key}", plain(value)) for key, value in verdict.cause.items()]
    return tuple(known)


def plain(value: Any) -> str:
    """A value of a free field: text as it is, the rest as JSON.

    >>> plain("epsilon 1e-8"), plain({"b": [1, 2]})
    ('epsilon 1e-8', '{"b": [1, 2]}')
    """
    if isinstance(value, str):
        return value
    return json.dumps(encode(value), ensure_ascii=False, default=str)
