"""Findings of many layers that have one cause: told once, with the names of the others. Pure."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..judging.verdict import Verdict
from .terminal import format_paragraphs

MAX_LINES = 4  # of the names of those that have the same cause


@dataclass
class SharedFinding:
    """A finding, and the names of the others that depart by the same settings or line."""

    verdict: Verdict
    others: list[str] = field(default_factory=list)

    def format_others(self) -> Iterator[str]:
        """Yield the names of the others, if there are any."""
        if self.others:
            what = "place" if (self.verdict.cause or {}).get("diff") else "layer"
            count = f"{len(self.others)} more {what}{'s' * (len(self.others) > 1)}"
            told = f"the same in {count}: {', '.join(self.others)}"
            yield from format_paragraphs([("also", told)], MAX_LINES)


def share_findings(findings: Iterable[Verdict]) -> list[SharedFinding]:
    """Return the findings, those with the same settings on both sides, or one edit, as one.

    Each stands where the first of them stood. What has no such cause stands by itself.
    """
    known: dict[str, SharedFinding] = {}
    found = []
    for verdict in findings:
        cause = verdict.cause or {}
        alike = cause.get("settings") or (cause.get("edited") and cause.get("diff"))
        key = json.dumps([verdict.dtype, alike], sort_keys=True) if alike else ""
        if key in known:
            known[key].others.append(verdict.component)
            continue
        one = SharedFinding(verdict)
        found.append(one)
        if key:
            known[key] = one
    return found
