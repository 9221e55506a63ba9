"""The verdict in one sentence of plain words, with what must be said beside it."""

from dataclasses import dataclass

from ..judging.results import Run
from ..judging.rows import sort_by_gate
from ..judging.verdict import Verdict
from .matrix import find_columns
from .notes import build_notes, group_components, shorten_message
from .wording import format_count, format_list, format_share

DEPARTURE_STATUSES = ("unfaithful", "error", "timeout")  # a port differs, or fails to answer
FAILED_PORTS = {
    "not installed": "not installed, so not compared",
    "error": "its process failed",
    "timeout": "its process did not finish in its time",
    "interrupted": "interrupted before its end",
}
FAILED_NAMED = {
    "not installed": "is not installed and could not be compared",
    "error": "failed and could not be compared",
    "timeout": "did not finish in its time and could not be compared",
}
FAILED_AGAINST = FAILED_PORTS | {"error": "could not be compared"}  # with a user's own reference


@dataclass(frozen=True)
class VerdictSentence:
    """tone is one of good, convention, bad, unknown: the colour and symbol of the headline."""

    tone: str
    headline: str
    details: tuple[str, ...]


def build_verdict_sentence(run: Run) -> VerdictSentence:
    """Return what the run found, worst first. What is counted is of ports held against another."""
    failed, ports = find_failed_ports(run), list_compared_ports(run)
    counted = [v for v in run.verdicts if v.port in ports]
    within = format_within(counted)
    of = f"{within} ({format_count(len({v.port for v in counted}), 'port')})"
    tone, headline = choose_headline(run, failed, within, of)
    # in a bad headline there is no room for it
    details = [f"{of}."] if within and within not in headline else []
    details += [f"{port}: {why}." for port, why in failed.items()]
    details += build_notes(run)
    return VerdictSentence(tone, headline, tuple(details))


def list_compared_ports(run: Run) -> list[str]:
    """Return the ports that are held against another, which the reference itself is not."""
    ports = dict.fromkeys(column.port for column in find_columns(run))
    return [port for port in ports if not run.is_reference(port)]


def format_within(verdicts: list[Verdict]) -> str:
    """Return how many checks pass: those that rounding bounds, then those that chance does.

    >>> passed = [Verdict("p", "c", "g", "float64", "faithful", statistical=s) for s in (0, 0, 1)]
    >>> format_within(passed)
    '2 of 2 checks within their rounding budget, 1 of 1 statistical check within its bounds'
    """
    told = []
    for statistical in (False, True):
        own = [v for v in verdicts if v.counts and bool(v.statistical) == statistical]
        passed = f"{sum(v.passed for v in own):,} of {len(own):,}"
        if own and statistical:
            one = len(own) == 1
            noun, whose = ("check", "its") if one else ("checks", "their")
            told.append(f"{passed} statistical {noun} within {whose} bounds")
        elif own:
            told.append(f"{passed} checks within their rounding budget")
    return ", ".join(told)


def choose_headline(run: Run, failed: dict[str, str], within: str, of: str) -> tuple[str, str]:
    """Return (tone, headline).

    failed: ports that were not judged. within: the checks that pass; of: of how many ports, too.
    """
    ports = list_compared_ports(run)
    if not run.verdicts:
        why = "no port gave a result that could be judged" if run.ports else "the run holds no port"
        return "unknown", f"Nothing was compared: {why}."
    if all(v.status in ("error", "timeout", "missing") for v in run.verdicts):
        return "bad", "Nothing could be judged: no check gave a result to compare."
    lacking = format_lacking(run, failed)
    if departures := find_first_departures(run):
        every = len(set(ports) | set(departures))
        headline = format_departure_headline(departures, every, run.owner)
        return "bad", f"{headline[:-1]}{lacking and f'; {lacking}'}."
    if all(run.is_reference(v.port) for v in run.verdicts):
        alone = f"the reference alone ran{lacking and f'; {lacking}'}"
        return "unknown", f"Nothing was compared: {alone}."
    if lacking:
        return "unknown", f"No departure was found, but {lacking}: {of}."
    if conventions := [v for v in sort_by_gate(run) if v.status == "convention"]:
        return "convention", format_convention_headline(conventions)
    if run.interrupted or failed or not all(v.passed for v in run.verdicts if v.counts):
        return "unknown", f"No departure was found, but not all was proved: {of}."
    functions = "functions" if run.against else "function"
    return "good", f"{format_agreement(ports)} the same {functions} as {run.owner}: {within}."


def format_lacking(run: Run, failed: dict[str, str]) -> str:
    """Return which ports are not in what was compared; "" if all are.

    One that was asked for by name is said to have been.
    """
    told = {}
    for port in run.ports:
        name = port.port if port.port in failed else f"{port.port} {port.dtype}"
        if name in told or port.status not in FAILED_NAMED:
            continue
        if port.port in run.required:
            told[name] = f"{name}, which was asked for, {FAILED_NAMED[port.status]}"
        elif port.status == "not installed":
            told[name] = f"{name} is not installed and was left out"
    return " and ".join(told.values())


def format_agreement(ports: list[str]) -> str:
    """Return the subject and the verb.

    >>> (format_agreement(["torch"]), format_agreement(["torch", "keras"]),
    ...  format_agreement(["a", "b", "c"]))
    ('torch computes', 'Both ports compute', 'All three ports compute')
    """
    return f"{ports[0]} computes" if len(ports) == 1 else f"{format_all_ports(len(ports))} compute"


def format_all_ports(ports: int) -> str:
    """Return all of two ports, or more."""
    return "Both ports" if ports == 2 else f"All {format_count(ports, 'port')}"


def find_first_departures(run: Run) -> dict[str, Verdict]:
    """Return, for each port that departs, the first component at which it does."""
    ordered = sort_by_gate(run)
    found = [v for v in ordered if v.status in DEPARTURE_STATUSES]
    # A port whose every failure is marked as following still departs: say where it begins. What
    # follows from a convention is one too.
    mild = {(v.port, v.dtype, v.component) for v in run.verdicts if v.status == "convention"}
    follow = [v for v in ordered if v.status == "follows"]
    found += [v for v in follow if (v.port, v.dtype, v.follows) not in mild]
    firsts: dict[str, Verdict] = {}
    for verdict in found:
        firsts.setdefault(verdict.port, verdict)
    return firsts


def format_departure_headline(firsts: dict[str, Verdict], ports: int, owner: str) -> str:
    """Return one port in full; several named, the rest counted."""
    if len(firsts) == 1:
        ((port, verdict),) = firsts.items()
        where = f"{verdict.component} ({verdict.dtype})"
        return f"{port} departs first at {where}: {format_failure(verdict)}."
    named = [f"{port} first at {v.component}" for port, v in list(firsts.items())[:3]]
    if len(firsts) > 3:
        named.append(f"{format_count(len(firsts) - 3)} more")
    some = format_count(len(firsts))
    who = f"{some[:1].upper()}{some[1:]} of {format_count(ports, 'port')}"
    if len(firsts) == ports:
        who = format_all_ports(ports)
    return f"{who} depart from {owner}: {format_list(named)}."


def format_failure(verdict: Verdict) -> str:
    """Return how a verdict fails, in a clause."""
    words = {
        "error": "it gave no usable result",
        "timeout": "it did not finish in its time",
        "follows": f"it follows from {verdict.follows}",
    }
    if verdict.status in words:
        return words[verdict.status]
    if verdict.budget_used is None:
        return "its result could not be compared"
    over = f", in {verdict.elements_over:,} of {verdict.elements:,} elements"
    who = "chance" if verdict.statistical else "rounding"
    times = f"{format_share(verdict.budget_used)} times what {who} allows"
    return times + (over if verdict.elements else "")


def format_convention_headline(verdicts: list[Verdict]) -> str:
    """Return where ports are close, named, and not the same function."""
    parts = []
    for port, names in group_components(verdicts).items():
        shown = format_list(names)
        if len(names) > 3:
            shown = f"{', '.join(names[:2])} and {format_count(len(names) - 2)} more"
        parts.append(f"{port} at {shown}")
    return f"No fault, but another convention than the chapter's: {'; '.join(parts)}."


def find_failed_ports(run: Run) -> dict[str, str]:
    """Return the ports that never got as far as a judgement, in any dtype or in one, and why."""
    failed: dict[str, str] = {}
    for port in run.ports:
        if port.status != "ok":
            alone = any(p.port == port.port and p.status == "ok" for p in run.ports)
            name = f"{port.port} {port.dtype}" if alone else port.port
            why = shorten_message(port.message)
            reason = f" ({why})" if why else ""
            words = FAILED_AGAINST if run.against else FAILED_PORTS
            failed.setdefault(name, words.get(port.status, port.status) + reason)
    return failed
