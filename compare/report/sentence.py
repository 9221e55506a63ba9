"""The verdict in one sentence of plain words, and what else must be said beside it."""

from dataclasses import dataclass

from ..judging.results import Run, Verdict
from ..judging.rows import sort_by_gate
from .conventions import format_conventions
from .matrix import find_columns
from .wording import format_count, format_list, format_share

DEPARTURE_STATUSES = (
    "unfaithful",
    "error",
    "timeout",
)  # these make a port differ, or fail to answer


@dataclass(frozen=True)
class VerdictSentence:
    """tone is one of good, convention, bad, unknown: the colour and symbol of the headline."""

    tone: str
    headline: str
    details: tuple[str, ...]


def build_verdict_sentence(run: Run) -> VerdictSentence:
    """What the run found, worst first."""
    ports = list(dict.fromkeys(column.port for column in find_columns(run)))
    checks, passed = len(run.verdicts), sum(v.passed for v in run.verdicts)
    departures = find_first_departures(run)
    failed = find_failed_ports(run)
    open_ends = format_unproven(run)
    details = [f"{port}: {why}." for port, why in failed.items()] + open_ends
    details += format_conventions(run)
    within = f"{passed:,} of {checks:,} checks within their rounding budget"

    if not checks:
        headline = "Nothing was compared: no port gave a result that could be judged."
        if not ports:
            headline = "Nothing was compared: the run holds no port."
        return VerdictSentence("unknown", headline, tuple(details))
    if all(v.status in ("error", "timeout", "missing") for v in run.verdicts):
        headline = "Nothing could be judged: no check gave a result to compare."
        return VerdictSentence("bad", headline, (capitalize_first(f"{within}."), *details))
    if departures:
        headline = format_departure_headline(departures, len(ports))
        return VerdictSentence("bad", headline, (capitalize_first(f"{within}."), *details))
    if conventions := [v for v in sort_by_gate(run) if v.status == "convention"]:
        return VerdictSentence(
            "convention",
            format_convention_headline(conventions),
            (capitalize_first(f"{within}."), *details),
        )
    judged = [port for port in ports if port not in failed]
    if run.interrupted or failed or passed < checks:
        return VerdictSentence(
            "unknown", f"No departure was found, but not all was proved: {within}.", tuple(details)
        )
    return VerdictSentence(
        "good",
        f"{format_agreement(judged)} the same function as the chapter: {within}.",
        tuple(details),
    )


def capitalize_first(text: str) -> str:
    """text with a capital to begin with; a port's own name is left as it is, elsewhere."""
    return text[:1].upper() + text[1:]


def format_agreement(ports: list[str]) -> str:
    """The subject and the verb.

    >>> (format_agreement(["torch"]), format_agreement(["torch", "keras"]),
    ...  format_agreement(["a", "b", "c"]))
    ('torch computes', 'Both ports compute', 'All three ports compute')
    """
    if len(ports) == 1:
        return f"{ports[0]} computes"
    return (
        "Both ports compute"
        if len(ports) == 2
        else f"All {format_count(len(ports), 'port')} compute"
    )


def find_first_departures(run: Run) -> dict[str, Verdict]:
    """For each port that departs, the first component at which it does."""
    firsts: dict[str, Verdict] = {}
    for verdict in sort_by_gate(run):
        if verdict.status in DEPARTURE_STATUSES and verdict.port not in firsts:
            firsts[verdict.port] = verdict
    # A port whose every failure is marked as following still departs: say where it begins. What
    # follows from a convention is one too.
    mild = {(v.port, v.dtype, v.component) for v in run.verdicts if v.status == "convention"}
    for verdict in sort_by_gate(run):
        root = (verdict.port, verdict.dtype, verdict.follows)
        if verdict.status == "follows" and root not in mild and verdict.port not in firsts:
            firsts[verdict.port] = verdict
    return firsts


def format_departure_headline(firsts: dict[str, Verdict], ports: int) -> str:
    """One port in full; several named, the rest counted."""
    if len(firsts) == 1:
        ((port, verdict),) = firsts.items()
        where = f"{verdict.component} ({verdict.dtype})"
        return f"{port} departs first at {where}: {format_failure(verdict)}."
    named = [f"{port} first at {v.component}" for port, v in list(firsts.items())[:3]]
    if len(firsts) > 3:
        named.append(f"{format_count(len(firsts) - 3)} more")
    if len(firsts) == ports:
        who = "Both ports depart" if ports == 2 else f"All {format_count(ports, 'port')} depart"
    else:
        who = (
            f"{capitalize_first(format_count(len(firsts)))} of {format_count(ports, 'port')} depart"
        )
    return f"{who} from the chapter: {format_list(named)}."


def format_failure(verdict: Verdict) -> str:
    """How a verdict fails, in a clause."""
    if verdict.status == "error":
        return "it gave no usable result"
    if verdict.status == "timeout":
        return "it did not finish in its time"
    if verdict.status == "follows":
        return f"it follows from {verdict.follows}"
    if verdict.budget_used is None:
        return "its result could not be compared"
    over = f", in {verdict.elements_over:,} of {verdict.elements:,} elements"
    return f"{format_share(verdict.budget_used)} times what rounding allows" + (
        over if verdict.elements else ""
    )


def format_convention_headline(verdicts: list[Verdict]) -> str:
    """Close, named and not the same function."""
    where: dict[str, list[str]] = {}
    for verdict in verdicts:
        where.setdefault(verdict.port, []).append(verdict.component)
    parts = []
    for port, components in where.items():
        names = list(dict.fromkeys(components))
        more = f" and {format_count(len(names) - 2)} more" if len(names) > 3 else ""
        shown = names[:2] if more else names
        parts.append(f"{port} at {', '.join(shown) if more else format_list(shown)}{more}")
    return f"No fault, but another convention than the chapter's: {'; '.join(parts)}."


def find_failed_ports(run: Run) -> dict[str, str]:
    """The ports that never got as far as a judgement, in any dtype or in one, and why."""
    words = {
        "not installed": "not installed, so not compared",
        "error": "its process failed",
        "timeout": "its process did not finish in its time",
        "interrupted": "interrupted before its end",
    }
    failed: dict[str, str] = {}
    for port in run.ports:
        if port.status != "ok":
            alone = any(p.port == port.port and p.status == "ok" for p in run.ports)
            name = f"{port.port} {port.dtype}" if alone else port.port
            first_line = next(iter(port.message.strip().splitlines()), "")[:160]
            why = words.get(port.status, port.status) + (f" ({first_line})" if first_line else "")
            failed.setdefault(name, why)
    return failed


def format_unproven(run: Run) -> list[str]:
    """What was not proved: never a pass, and never passed over in silence."""
    notes = []
    missing: dict[str, list[str]] = {}
    for verdict in sort_by_gate(run):
        if verdict.status == "missing":
            missing.setdefault(verdict.port, []).append(verdict.component)
    for port, components in missing.items():
        names = list(dict.fromkeys(components))
        said = format_list(names) if len(names) < 5 else f"{format_count(len(names))} components"
        notes.append(f"{port} does not offer {said}.")
    weak = [v for v in run.verdicts if v.status == "faithful" and v.no_power]
    if weak:
        what = "checks have" if len(weak) > 1 else "check has"
        notes.append(f"{len(weak)} {what} no power: the budget is too wide to prove anything.")
    return notes
