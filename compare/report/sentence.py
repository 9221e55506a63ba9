"""The verdict in one sentence of plain words, and what else must be said beside it."""

from dataclasses import dataclass

from ..judging.results import Run, Verdict
from .conventions import convention_lines
from .matrix import find_columns, in_gate_order
from .wording import count, listing, share

DEPARTS = ("unfaithful", "error", "timeout")  # these make a port differ, or fail to answer


@dataclass(frozen=True)
class Sentence:
    """tone is one of good, convention, bad, unknown: the colour and symbol of the headline."""

    tone: str
    headline: str
    details: tuple[str, ...]


def verdict_sentence(run: Run) -> Sentence:
    """What the run found, worst first."""
    ports = list(dict.fromkeys(column.port for column in find_columns(run)))
    checks, passed = len(run.verdicts), sum(v.passed for v in run.verdicts)
    departures = first_departures(run)
    failed = failed_ports(run)
    open_ends = gaps(run)
    details = [f"{port}: {why}." for port, why in failed.items()] + open_ends
    details += convention_lines(run)
    within = f"{passed:,} of {checks:,} checks within their rounding budget"

    if not checks:
        headline = "Nothing was compared: no port gave a result that could be judged."
        if not ports:
            headline = "Nothing was compared: the run holds no port."
        return Sentence("unknown", headline, tuple(details))
    if all(v.status in ("error", "timeout", "missing") for v in run.verdicts):
        headline = "Nothing could be judged: no check gave a result to compare."
        return Sentence("bad", headline, (sentence_case(f"{within}."), *details))
    if departures:
        headline = departure_headline(departures, len(ports))
        return Sentence("bad", headline, (sentence_case(f"{within}."), *details))
    if conventions := [v for v in in_gate_order(run) if v.status == "convention"]:
        return Sentence(
            "convention", convention_headline(conventions), (sentence_case(f"{within}."), *details)
        )
    judged = [port for port in ports if port not in failed]
    if run.interrupted or failed or passed < checks:
        return Sentence(
            "unknown", f"No departure was found, but not all was proved: {within}.", tuple(details)
        )
    return Sentence(
        "good", f"{agreement(judged)} the same function as the chapter: {within}.", tuple(details)
    )


def sentence_case(text: str) -> str:
    """text with a capital to begin with; a port's own name is left as it is, elsewhere."""
    return text[:1].upper() + text[1:]


def agreement(ports: list[str]) -> str:
    """The subject and the verb.

    >>> agreement(["torch"]), agreement(["torch", "keras"]), agreement(["a", "b", "c"])
    ('torch computes', 'Both ports compute', 'All three ports compute')
    """
    if len(ports) == 1:
        return f"{ports[0]} computes"
    return "Both ports compute" if len(ports) == 2 else f"All {count(len(ports), 'port')} compute"


def first_departures(run: Run) -> dict[str, Verdict]:
    """For each port that departs, the first component at which it does."""
    firsts: dict[str, Verdict] = {}
    for verdict in in_gate_order(run):
        if verdict.status in DEPARTS and verdict.port not in firsts:
            firsts[verdict.port] = verdict
    # A port whose every failure is marked as following still departs: say where it begins. What
    # follows from a convention is one too.
    mild = {(v.port, v.dtype, v.component) for v in run.verdicts if v.status == "convention"}
    for verdict in in_gate_order(run):
        root = (verdict.port, verdict.dtype, verdict.follows)
        if verdict.status == "follows" and root not in mild and verdict.port not in firsts:
            firsts[verdict.port] = verdict
    return firsts


def departure_headline(firsts: dict[str, Verdict], ports: int) -> str:
    """One port in full; several named, the rest counted."""
    if len(firsts) == 1:
        ((port, verdict),) = firsts.items()
        return f"{port} departs first at {verdict.component} ({verdict.dtype}): {how(verdict)}."
    named = [f"{port} first at {v.component}" for port, v in list(firsts.items())[:3]]
    if len(firsts) > 3:
        named.append(f"{count(len(firsts) - 3)} more")
    if len(firsts) == ports:
        who = "Both ports depart" if ports == 2 else f"All {count(ports, 'port')} depart"
    else:
        who = f"{sentence_case(count(len(firsts)))} of {count(ports, 'port')} depart"
    return f"{who} from the chapter: {listing(named)}."


def how(verdict: Verdict) -> str:
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
    return f"{share(verdict.budget_used)} times what rounding allows" + (
        over if verdict.elements else ""
    )


def convention_headline(verdicts: list[Verdict]) -> str:
    """Close, named and not the same function."""
    where: dict[str, list[str]] = {}
    for verdict in verdicts:
        where.setdefault(verdict.port, []).append(verdict.component)
    parts = []
    for port, components in where.items():
        names = list(dict.fromkeys(components))
        more = f" and {count(len(names) - 2)} more" if len(names) > 3 else ""
        shown = names[:2] if more else names
        parts.append(f"{port} at {', '.join(shown) if more else listing(shown)}{more}")
    return f"No fault, but another convention than the chapter's: {'; '.join(parts)}."


def failed_ports(run: Run) -> dict[str, str]:
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


def gaps(run: Run) -> list[str]:
    """What was not proved: never a pass, and never passed over in silence."""
    notes = []
    missing: dict[str, list[str]] = {}
    for verdict in in_gate_order(run):
        if verdict.status == "missing":
            missing.setdefault(verdict.port, []).append(verdict.component)
    for port, components in missing.items():
        names = list(dict.fromkeys(components))
        said = listing(names) if len(names) < 5 else f"{count(len(names))} components"
        notes.append(f"{port} does not offer {said}.")
    weak = [v for v in run.verdicts if v.status == "faithful" and v.no_power]
    if weak:
        what = "checks have" if len(weak) > 1 else "check has"
        notes.append(f"{len(weak)} {what} no power: the budget is too wide to prove anything.")
    return notes
