"""The findings of checks with their place in the user's files, for SARIF and annotations. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..judging.cause import list_cause_ids
from ..judging.check import Check, Place
from ..judging.verdict import Verdict
from .check_text import (
    classify_outcome,
    format_check_headline,
    format_names,
    group_not_comparable,
)
from .text import format_finding, format_fix

NOT_COMPARABLE = "not-comparable"  # the rule of what could not be judged


@dataclass(frozen=True)
class LocatedFinding:
    """One thing to show in a file.

    level: "error" of what is unfaithful, and where nothing could be compared; "warning" of what
        else could not be judged; "note" of conventions and of what follows from another finding.
    rule: the cause's id, else the component. name, help: of the rule: what it is, how to mend it.
    text: the whole finding. accepted: whether it is a convention that the user has accepted.
    """

    level: str
    rule: str
    name: str
    help: str
    title: str
    text: str
    place: Place
    component: str = ""
    accepted: bool = False


def list_located_findings(result: Check) -> Iterator[LocatedFinding]:
    """Yield every failure and convention once, whatever the dtype, then what was not judged."""
    told: set[tuple[str, str]] = set()
    for verdict in result.verdicts:
        kind, key = classify_outcome(verdict, result), (verdict.component, str(verdict.status))
        shown = kind in ("failure", "error") or verdict.status == "convention"
        if shown and key not in told:
            told.add(key)
            yield locate_verdict(verdict, result)
    yield from locate_not_comparable(result)


def locate_verdict(verdict: Verdict, result: Check) -> LocatedFinding:
    """Return one verdict that is no pass."""
    name, cause = verdict.component, verdict.cause
    title = f"{name} ({verdict.dtype}): {verdict.status}"
    if verdict.status == "follows":
        words = f"{name} ({verdict.dtype}) fails because {verdict.follows} does: mend that first"
        return LocatedFinding(
            "note", name, f"{name} departs", "", title, words, find_place(result, name), name
        )
    lines = list(format_finding(verdict, result.framework, result.accepted))
    rule, what, fix = name, f"{name} departs", ""
    if cause and cause["id"] != "edit":  # an edit's id says nothing of what it is
        rule, what = "+".join(list_cause_ids(cause)), cause.get("name", "")
        fix = format_fix(cause, result.framework) if cause.get("fix") else ""
    convention = verdict.status == "convention"
    accepted = convention and classify_outcome(verdict, result) is None
    return LocatedFinding(
        "note" if convention else "error",
        rule,
        what,
        fix,
        title,
        "\n".join(lines),
        find_place(result, name),
        name,
        accepted,
    )


def locate_not_comparable(result: Check) -> Iterator[LocatedFinding]:
    """Yield what could not be judged; where that decides the exit status, an error."""
    level = "error" if result.exit_code == 2 else "warning"
    groups = group_not_comparable(result)
    if result.hindrance or (result.exit_code == 2 and not groups):
        text = result.hindrance or format_check_headline(result)
        yield make_not_comparable(level, "not comparable", text, find_place(result, ""))
    for names, reason in groups:
        title = f"{format_names(names)}: not comparable"
        yield make_not_comparable(level, title, reason, find_place(result, names[0]))


def make_not_comparable(level: str, title: str, text: str, place: Place) -> LocatedFinding:
    """Return what could not be judged as a finding."""
    return LocatedFinding(level, NOT_COMPARABLE, "not comparable", "", title, text, place)


def find_place(result: Check, component: str) -> Place:
    """Return where a component stands, else the target."""
    whole = result.places.get("", Place(result.target))
    return result.places.get(component, whole)
