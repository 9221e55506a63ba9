"""The cause of a finding as the page shows it: the experiment, the line to change, the sources."""

import json
import math
from dataclasses import dataclass
from typing import Any

from ..judging.results import Verdict, encode
from .wording import number, share

# Shown in a place of their own; whatever else a diagnosis tells is listed as it stands.
KNOWN = (
    "id",
    "name",
    "does",
    "form",
    "kind",
    "fix",
    "budget_used",
    "explained",
    "size",
    "residual",
    "also",
    "apart",
    "with",
    "sources",
)
DECADES = 17  # between a bar of full length and none: what float64 can tell apart


@dataclass(frozen=True)
class Cause:
    """title: id and name. fixes: (framework, code), that of the port first."""

    title: str
    does: str
    experiment: str
    bars: tuple[tuple[str, str, int], ...]  # label, size in words, length in percent
    fixes: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    more: tuple[tuple[str, str], ...]


def build(verdict: Verdict, framework: str) -> Cause | None:
    """The cause of a verdict, or None. Nothing in it is taken for granted: it is a free field."""
    if not verdict.cause or verdict.status == "follows":
        return None
    given = verdict.cause
    title = ": ".join(text for key in ("id", "name") if (text := said(given.get(key))))
    companion = given.get("with")
    second: dict[str, Any] = companion if isinstance(companion, dict) else {}
    if second:
        title += (
            f", together with {': '.join(said(second[k]) for k in ('id', 'name') if k in second)}"
        )
    before, after = (measured(given.get(key)) for key in ("size", "residual"))
    bars = []
    if before is not None and after is not None:
        bars = [
            ("difference to the reference", number(before, 3), length(before, before)),
            ("to the reference with this one change", number(after, 3), length(after, before)),
        ]
    used = measured(given.get("budget_used"))
    experiment = ""
    if used is not None:
        experiment = (
            "The reference with exactly this change was run on every case: it gives what the port "
            f"gave, using {share(used)} of its own rounding budget."
        )
    if also := given.get("also"):
        experiment += f" The same here: {said(also)}."
    apart = given.get("apart")
    for name, how in (apart if isinstance(apart, dict) else {}).items():
        if how:
            experiment += f" What tells {name} apart: {said(how)}."
    sources = given.get("sources")
    rest = {k: v for k, v in given.items() if k not in KNOWN and v not in (None, "")}
    return Cause(
        title or "cause",
        said(given.get("does")),
        experiment.strip(),
        tuple(bars),
        (*fixes_of(given.get("fix"), framework), *fixes_of(second.get("fix"), framework)[:1]),
        tuple(map(said, sources)) if isinstance(sources, list | tuple) else (),
        tuple((str(key), said(value)) for key, value in rest.items()),
    )


def fixes_of(fix: Any, framework: str) -> tuple[tuple[str, str], ...]:
    """The line to change, in the port's framework first.

    >>> fixes_of({"numpy": "axis=-1", "torch": "dim=-1"}, "torch")
    (('torch', 'dim=-1'), ('numpy', 'axis=-1'))
    """
    if isinstance(fix, dict):
        ordered = sorted(fix, key=lambda name: name != framework)
        return tuple((str(name), said(fix[name])) for name in ordered)
    return (("", said(fix)),) if fix else ()


def length(value: float, largest: float) -> int:
    """How long a bar is, in percent, on a log scale that ends 17 decades below the largest.

    >>> length(0.1, 0.1), length(0.0, 0.1), length(1e-17, 1.0)
    (100, 0, 0)
    """
    if not value > 0 or not largest > 0:
        return 0
    decades = math.log10(largest / value) if math.isfinite(largest) else 0.0
    return round(100 * min(max(1 - decades / DECADES, 0.0), 1.0))


def measured(value: Any) -> float | None:
    """A number of a free field, or None; JSON's stand-ins for nan and inf are numbers too."""
    if isinstance(value, str) and value in ("nan", "inf", "-inf"):
        return float(value)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def said(value: Any) -> str:
    """A free value in words.

    >>> said(["F02", "F26"]), said(None), said({"a": 1})
    ('F02, F26', '', '{"a": 1}')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return json.dumps(encode(value), ensure_ascii=False, default=str)
