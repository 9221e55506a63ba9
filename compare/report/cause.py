"""The cause of a finding as the page shows it: the experiment, the line to change, the sources."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..judging.verdict import Verdict
from .bars import Bar
from .wording import find_own_file, format_field, format_number, format_share

# Shown in a place of their own; whatever else a diagnosis tells is listed as it stands.
DISPLAYED_FIELDS = (
    *("id", "name", "does", "form", "kind", "fix", "budget_used", "explained"),
    *(
        "size",
        "residual",
        "also",
        "apart",
        "with",
        "sources",
        "changes",
        "settings",
        "edited",
        "line",
    ),
)
BAR_DECADES = 17  # between a bar of full length and none: what float64 can tell apart

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Edit:
    """A change of the reference, the user's own or trueport's, as a unified diff."""

    title: str
    diff: str

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The lines of the diff, each with its kind."""
        kinds = {"---": "place", "+++": "place", "@@ ": "place"}
        changes = {"+": "added", "-": "removed"}
        return [
            (kinds.get(line[:3]) or changes.get(line[:1], ""), line)
            for line in self.diff.splitlines()
        ]


@dataclass(frozen=True)
class CauseDetails:
    """title: id and name. fixes: (framework, code), that of the port first. edits: as diffs.

    line: of the user's file, where the change is made; "" if it is not known.
    """

    title: str
    does: str
    line: str
    experiment: str
    bars: list[Bar]
    fixes: Pairs
    sources: list[str]
    more: Pairs
    edits: list[Edit] = field(default_factory=list)


def build_cause_details(verdict: Verdict, framework: str) -> CauseDetails | None:
    """Return the cause of a verdict, or None. Nothing in it is taken for granted: a free field."""
    if not verdict.cause or verdict.status == "follows":
        return None
    given: Mapping[str, Any] = verdict.cause
    companion, sources, is_edit = given.get("with"), given.get("sources"), bool(given.get("diff"))
    second: Mapping[str, Any] = companion if isinstance(companion, dict) else {}
    of = "what chance allows" if verdict.statistical else "its own rounding budget"
    titles = [format_value(given.get("name")) if is_edit else join_name(given), join_name(second)]
    size, residual = (parse_number(given.get(key)) for key in ("size", "residual"))
    rest = {k: v for k, v in given.items() if k not in DISPLAYED_FIELDS and v not in (None, "")}
    return CauseDetails(
        ", together with ".join(filter(None, titles)) or "cause",
        format_value(given.get("does")),
        format_value(given.get("line")),
        describe_edit_experiment(given) if is_edit else describe_experiment(given, of),
        build_bars(size, residual, bool(second)),
        [
            *order_fixes(given.get("fix"), framework)[:1],
            *order_fixes(second.get("fix"), framework)[:1],
            *order_fixes(given.get("fix"), framework)[1:],
        ],
        list(map(format_value, sources)) if isinstance(sources, list | tuple) else [],
        list_values(given) if is_edit else [*list_settings(given), *list_rest(rest)],
        build_edits(given) if is_edit else [],
    )


def join_name(cause: Mapping[str, Any]) -> str:
    """Return id and name of a cause, as far as it has them."""
    return ": ".join(filter(None, (format_value(cause.get(key)) for key in ("id", "name"))))


def build_edits(given: Mapping[str, Any]) -> list[Edit]:
    """Return a cause's change of the reference, and those that give the same here."""
    file = find_own_file(str(given["diff"]))
    of = f"trueport's {file}" if file else f"the {given.get('edited') or 'reference'}"
    edits = [Edit(f"The change of {of}", str(given["diff"]))]
    return edits + [
        Edit("Or this one, which gives the same here", d) for d in given.get("also") or []
    ]


def describe_edit_experiment(given: Mapping[str, Any]) -> str:
    """Return how an edit was proven, and what tells it from others."""
    apart = [str(how) for how in (given.get("apart") or {}).values() if how]
    return " ".join([describe_proof(given), *(f"What tells them apart: {a}." for a in apart)])


def list_values(given: Mapping[str, Any]) -> Pairs:
    """Return the numbers of an edit that were estimated, each with its uncertainty."""
    return [
        (str(name), f"{format_number(one['value'], 12)} within {format_number(one['error'], 1)}")
        for name, one in (given.get("values") or {}).items()
    ]


def list_settings(given: Mapping[str, Any]) -> Pairs:
    """Return the settings of a layer that explain it, with both sides' values.

    >>> list_settings({"settings": {"epsilon": [1e-5, 0.001]}})
    [('epsilon', '1e-05 in the reference, 0.001 in the port')]
    """
    settings = given.get("settings")
    return [
        (
            str(name),
            f"{format_field(values[0])} in the reference, {format_field(values[1])} in the port",
        )
        for name, values in (settings.items() if isinstance(settings, dict) else ())
    ]


def list_rest(rest: Mapping[str, Any]) -> Pairs:
    """Return whatever else a diagnosis tells."""
    return [(str(key), format_value(value)) for key, value in rest.items()]


def describe_proof(cause: Mapping[str, Any], of: str = "its own rounding budget") -> str:
    """Return how well the changed reference gives what the port gave; "" if that is not known.

    of: what the share of what remains is a share of.
    """
    if (used := parse_number(cause.get("budget_used"))) is None:
        return ""
    if cause.get("edited") == "port":
        return (
            "The port with exactly this change was run: it gives what the reference gives, using "
            f"{format_share(used)} of its rounding budget."
        )
    changes = "both changes" if cause.get("with") else "this change"
    return (
        f"The reference with exactly {changes} was run on every case: it gives what the port "
        f"gave, using {format_share(used)} of {of}."
    )


def describe_experiment(cause: Mapping[str, Any], of: str) -> str:
    """Return how the cause was proven, and what it was told from; of as in `describe_proof`."""
    told = list(filter(None, [describe_proof(cause, of)]))
    if also := cause.get("also"):
        told.append(f"The same here: {format_value(also)}.")
    apart = cause.get("apart")
    for name, how in (apart if isinstance(apart, dict) else {}).items():
        if how:
            told.append(f"What tells {name} apart: {format_value(how)}.")
    return " ".join(told)


def build_bars(before: float | None, after: float | None, both: bool = False) -> list[Bar]:
    """Return how far the port is from the reference, and from it with the change, or with both."""
    if before is None or after is None:
        return []
    return [
        Bar(label, format_number(size, 3), compute_bar_length(size, before), over)
        for label, size, over in (
            ("difference to the reference", before, True),
            (
                f"to the reference with {'both changes' if both else 'this one change'}",
                after,
                False,
            ),
        )
    ]


def order_fixes(fix: Any, framework: str) -> Pairs:
    """Return the line to change, in the port's framework first.

    >>> order_fixes({"numpy": "axis=-1", "torch": "dim=-1"}, "torch")
    [('torch', 'dim=-1'), ('numpy', 'axis=-1')]
    """
    if isinstance(fix, dict):
        ordered = sorted(fix, key=lambda name: name != framework)
        return [(str(name), format_value(fix[name])) for name in ordered]
    return [("", format_value(fix))] if fix else []


def compute_bar_length(value: float, largest: float) -> int:
    """Return how long a bar is, in percent, on a log scale that ends 17 decades below the largest.

    >>> compute_bar_length(0.1, 0.1), compute_bar_length(0.0, 0.1), compute_bar_length(1e-17, 1.0)
    (100, 0, 0)
    """
    if not value > 0 or not largest > 0:
        return 0
    decades = math.log10(largest / value) if math.isfinite(largest) else 0.0
    return round(100 * min(max(1 - decades / BAR_DECADES, 0.0), 1.0))


def parse_number(value: Any) -> float | None:
    """Return a number of a free field, JSON's stand-ins for nan and inf among them, or None."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number or value in ("nan", "inf", "-inf") else None


def format_value(value: Any) -> str:
    """Return a free value in words.

    >>> format_value(["F02", "F26"]), format_value(None), format_value({"a": 1})
    ('F02, F26', '', '{"a": 1}')
    """
    if value is None:
        return ""
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return format_field(value)
