"""A check in words: the verdict in a sentence, an overview, the findings. Pure."""

from collections.abc import Iterator

from ..judging.cause import list_cause_ids
from ..judging.check import Check, SurvivingFault
from ..judging.results import Limit, Verdict
from .terminal import colour_line, format_paragraph, format_paragraphs
from .text import format_finding
from .wording import make_printable

MAX_FULL_FINDINGS = 6  # findings told in full on the terminal
MAX_NAMED_COMPONENTS = 8  # components named in a list of them
MAX_NAMED_FAULTS = 4  # faults named that could not have shown
OFFER_ADVICE = (
    "offer at least one of the chapter's names (sigmoid, softmax, cross_entropy_error, "
    "TwoLayerNet, ...), or name what stands for TwoLayerNet: file.py:Name"
)


def format_check_headline(result: Check) -> str:
    """Return the verdict in a sentence."""
    if result.exit_code == 1 and result.verdict != "unfaithful":
        return "unfaithful by --strict, which counts its limits"
    if result.verdict == "faithful":
        return f"faithful: the same as the chapter's in {format_judged(result)}"
    if result.verdict == "convention":
        ids = ", ".join(result.conventions)
        if result.exit_code == 0:
            return f"faithful but for conventions that were accepted: {ids}"
        return f"faithful but for conventions, each a different function: {ids}"
    if result.verdict == "not-comparable":
        return "not comparable: nothing was shown to be right or wrong"
    first = result.first_divergence
    return f"unfaithful, first at {first.component}" if first is not None else "unfaithful"


def format_judged(result: Check) -> str:
    """Return the names that were judged and are right: what a verdict is said of."""
    names = [v.component.partition(".")[0] for v in result.verdicts if v.passed]
    return format_names([name for name in dict.fromkeys(names) if " " not in name] or names)


def select_findings(result: Check) -> list[Verdict]:
    """Return what needs words: failures and conventions, a second dtype only where it differs."""
    told: dict[str, str] = {}
    found = []
    for verdict in result.verdicts:
        if verdict.status in ("faithful", "missing", "follows", "limit"):
            continue
        if told.get(verdict.component) != verdict.status:
            told[verdict.component] = verdict.status
            found.append(verdict)
    return found


def format_check(result: Check, colour: bool = False) -> Iterator[str]:
    """Yield the answer for the terminal.

    colour: only where the terminal shows it.
    """

    def head(line: str, status: str) -> str:
        return colour_line(line, status) if colour else line

    yield head(
        make_printable(f"{result.target} ({result.framework}): {format_check_headline(result)}"),
        result.verdict,
    )
    yield from format_overview(result)
    if result.verdict == "not-comparable":
        yield from format_paragraphs([("do", OFFER_ADVICE)], 2)
    for component, limit in result.limits:
        yield from format_paragraphs([("limit", format_limit(component, limit))], 3)
    for note in result.notes:
        yield from format_paragraphs([("note", note)], 3)
    if result.surviving_faults:
        yield from format_paragraphs(
            [("blind to", format_surviving_faults(result.surviving_faults))], 4
        )
    found = select_findings(result)
    for verdict in found[:MAX_FULL_FINDINGS]:
        yield ""
        lines = format_finding(verdict, result.framework, result.accepted)
        yield head(next(lines), verdict.status)
        yield from lines
    if len(found) > MAX_FULL_FINDINGS:
        more = ", ".join(v.component for v in found[MAX_FULL_FINDINGS:])
        yield ""
        yield from format_paragraph(
            "also", f"{more}: --json FILE has these {len(found) - MAX_FULL_FINDINGS} too", 2
        )
    waiting = [name for name in result.conventions if name not in result.accepted]
    if waiting and result.verdict == "convention":
        yield ""
        yield f"to accept these conventions: --accept {','.join(waiting)}"


def format_limit(component: str, limit: Limit) -> str:
    """Return a limit in a line.

    >>> format_limit("integer input", Limit("integer arrays", "silently wrong, [25000] for [6]"))
    'integer input: integer arrays: silently wrong, [25000] for [6]'
    """
    return ": ".join(part for part in (component, limit.form, limit.what) if part)


def format_overview(result: Check) -> Iterator[str]:
    """Yield each dtype in a few lines; what both have in common once."""
    told: set[tuple[str, str]] = set()
    for dtype in dict.fromkeys(v.dtype for v in result.verdicts):
        own = [v for v in result.verdicts if v.dtype == dtype]
        verdicts = [v for v in own if v.status not in ("missing", "limit")]
        if not verdicts:
            continue
        passed = [v for v in verdicts if v.passed]
        line = f"{len(passed)} of {len(verdicts)} components offered are within their budget"
        if passed:
            line += f", using at most {max(v.budget_used or 0.0 for v in passed):.2f} of it"
        yield from format_paragraph(dtype, line, 1)
        for label, group in (
            ("no power", [v.component for v in verdicts if v.no_power and v.status == "faithful"]),
            (
                "follows",
                [f"{v.component} (from {v.follows})" for v in verdicts if v.status == "follows"],
            ),
        ):
            if group and (label, repr(group)) not in told:
                told.add((label, repr(group)))
                yield from format_paragraph("", f"{label}: {format_names(group)}", 3)
    if lacking := find_missing_components(result):
        yield from format_paragraph("lacks", format_names(lacking), 3)


def find_missing_components(result: Check) -> list[str]:
    """Return the components that the port has in no dtype."""
    missing = dict.fromkeys(v.component for v in result.verdicts if v.status == "missing")
    have = {v.component for v in result.verdicts if v.status != "missing"}
    return [name for name in missing if name not in have]


def format_surviving_faults(blind: list[SurvivingFault]) -> str:
    """Return the first few faults that could not have shown, each with the case that would show it.

    >>> fault = SurvivingFault("F43", "", "weights transposed", "TwoLayerNet.predict", "6-5-4")
    >>> format_surviving_faults([fault])
    "F43 weights transposed (TwoLayerNet.predict, case '6-5-4', would show it)"
    """
    told = [
        f"{b.id} {b.name} ({b.component}, case '{b.case}'"
        f"{', would show it' if number == 0 else ''})"
        for number, b in enumerate(blind[:MAX_NAMED_FAULTS])
    ]
    more = [f"and {len(blind) - MAX_NAMED_FAULTS} more"] if len(blind) > MAX_NAMED_FAULTS else []
    return ", ".join([*told, *more])


def format_names(names: list[str]) -> str:
    """Return the first few of the names.

    >>> format_names(["a", "b"])
    'a, b'
    """
    more = (
        [f"and {len(names) - MAX_NAMED_COMPONENTS} more"]
        if len(names) > MAX_NAMED_COMPONENTS + 1
        else []
    )
    return ", ".join([*names[: MAX_NAMED_COMPONENTS if more else None], *more])


def classify_outcome(verdict: Verdict, result: Check) -> str | None:
    """Return how a test runner counts a verdict: "failure", "error", "skipped", or None for a pass.

    What follows from an accepted convention passes with it, as in the exit status.
    """
    if verdict.status == "follows":
        root = [v for v in result.verdicts if v.component == verdict.follows]
        root = [v for v in root if v.dtype == verdict.dtype and v.status == "convention"]
        return classify_outcome(root[0], result) if root else "failure"
    if verdict.status == "convention":
        found = list_cause_ids(verdict.cause)
        return None if found and set(found) <= set(result.accepted) else "failure"
    if verdict.status == "limit":
        return "failure" if result.strict else "skipped"
    if verdict.limits and result.strict and verdict.status == "faithful":
        return "failure"
    no_answer = verdict.status == "faithful" and verdict.no_power
    if no_answer or verdict.status in ("missing", "not-comparable"):
        return "skipped"
    if verdict.status == "faithful":
        return None
    return "error" if verdict.status in ("error", "timeout") else "failure"


def format_skip_reason(verdict: Verdict) -> str:
    """Return why a verdict is no pass and no failure either."""
    if verdict.status in ("missing", "not-comparable"):
        return verdict.message or "not offered by the port"
    if verdict.status == "limit":
        return "; ".join(format_limit(verdict.component, limit) for limit in verdict.limits)
    return f"no power: {verdict.message}" if verdict.message else "no power"
