"""A check in words: the verdict in a sentence, an overview, the findings. Pure."""

import os
from collections.abc import Iterator

from ..judging.cause import list_cause_ids
from ..judging.check import Check, NotLookedAt, SurvivingFault
from ..judging.verdict import TAKES_SINGLE, Verdict
from ..ports.user_code.errors import TAKES_DOUBLE
from .same_cause import share_findings
from .terminal import colour_line, format_paragraph, format_paragraphs
from .text import format_finding
from .wording import make_printable

UNTOLD = ("faithful", "missing", "follows", "limit", "not-comparable")  # told above the findings
MAX_NAMED_LEFT = 12  # names listed that were not looked at
MAX_FULL_FINDINGS = 6  # findings told in full on the terminal
MAX_NAMED_COMPONENTS = 8  # components named in a list of them
MAX_CARRIED = 10  # pairs of tensors listed
MAX_UNDECIDED = 4  # functions of which is told that nothing can be said of them
MAX_NAMED_FAULTS = 4  # faults named that could not have shown
OFFER_ADVICE = (
    "offer at least one of the chapter's names (sigmoid, softmax, cross_entropy_error, "
    "TwoLayerNet, ...), or name what stands for TwoLayerNet: file.py:Name"
)
MODEL_ADVICE = "print this layer's input, weights and output in both models, on the same input"
WHOLE = "model"  # the gate of what is compared of a whole model
FUNCTION_ADVICE = "give both files a function of one name, or say which is meant: --map mine=theirs"


def format_check_headline(result: Check) -> str:
    """Return the verdict in a sentence."""
    if result.exit_code == 1 and result.verdict != "unfaithful":
        return "unfaithful by --strict, which counts its limits"
    if result.verdict == "faithful":
        return f"faithful: the same as {format_owner(result)}'s in {format_judged(result)}"
    if result.verdict == "convention":
        ids = ", ".join(result.conventions)
        if result.exit_code == 0:
            return f"faithful but for conventions that were accepted: {ids}"
        return f"faithful but for conventions, each a different function: {ids}"
    if result.verdict == "not-comparable":
        if judged := format_judged(result):
            owner = format_owner(result)
            return f"not comparable as a whole: the same as {owner}'s in {judged}"
        return "not comparable: nothing was shown to be right or wrong"
    first = result.first_divergence
    return f"unfaithful, first at {first.component}" if first is not None else "unfaithful"


def format_owner(result: Check) -> str:
    """Return whose functions are right, in words."""
    return os.path.basename(result.against) if result.against else "the chapter"


def format_judged(result: Check) -> str:
    """Return the names that were judged and are right: what a verdict is said of.

    Of models, what is compared of the whole, and how many layers.
    """
    if result.models:
        passed = dict.fromkeys(v.component for v in result.verdicts if v.passed and v.gate == WHOLE)
        return format_names(list(passed))
    names = [v.component.partition(".")[0] for v in result.verdicts if v.passed]
    return format_names([name for name in dict.fromkeys(names) if " " not in name] or names)


def select_findings(result: Check) -> list[Verdict]:
    """Return what needs words: failures and conventions, a second dtype only where it differs."""
    told: dict[str, str] = {}
    found = []
    for verdict in result.verdicts:
        quiet = verdict.status in UNTOLD
        if not quiet and told.get(verdict.component) != verdict.status:
            told[verdict.component] = verdict.status
            found.append(verdict)
    return found


def format_check(result: Check, colour: bool = False) -> Iterator[str]:
    """Yield the answer for the terminal. colour: only where the terminal shows it."""

    def head(line: str, status: str) -> str:
        return colour_line(line, status) if colour else line

    headline = f"{result.target} ({result.framework}): {format_check_headline(result)}"
    yield head(make_printable(headline), result.verdict)
    yield from format_overview(result)
    yield from format_carried(result)
    yield from format_skipped(result)
    if result.not_looked_at:
        yield from format_paragraphs([("left", format_not_looked_at(result.not_looked_at))], 5)
    for limit in result.limits:
        yield from format_paragraphs([("limit", limit.text)], 3)
    for note in result.notes:
        if not result.hindrance or result.hindrance not in note:  # or it is told above
            yield from format_paragraphs([("note", note)], 3)
    blind = format_surviving_faults(result.surviving_faults)
    if result.against:
        blind = format_surviving_edits(result.surviving_faults)
    if blind:
        yield from format_paragraphs([("blind to", blind)], 4)
    found = share_findings(select_findings(result))
    for shared in found[:MAX_FULL_FINDINGS]:
        verdict = shared.verdict
        yield ""
        replay = format_call_advice(verdict) if result.against else None
        replay = MODEL_ADVICE if result.models else replay
        lines = format_finding(verdict, result.framework, result.accepted, replay=replay)
        yield head(next(lines), verdict.status)
        yield from lines
        yield from shared.format_others()
    if rest := found[MAX_FULL_FINDINGS:]:
        names = ", ".join(one.verdict.component for one in rest)
        yield ""
        yield from format_paragraph("also", f"{names}: --json FILE has these {len(rest)} too", 2)
    waiting = [name for name in result.conventions if name not in result.accepted]
    if waiting and result.verdict == "convention":
        yield ""
        yield f"to accept these conventions: --accept {','.join(waiting)}"


def format_carried(result: Check) -> Iterator[str]:
    """Yield the table of carried weights, or as much of it as a terminal may show."""
    for number, one in enumerate(result.carried[:MAX_CARRIED]):
        label = "" if number else "weights"
        line = f"{', '.join(one.reference)} -> {', '.join(one.port)}"
        yield from format_paragraph(label, f"{line} ({one.how})" if one.how else line, 1)
    if more := result.carried[MAX_CARRIED:]:
        yield from format_paragraph("", f"and {len(more)} more: --json FILE has them all", 1)


def format_call_advice(verdict: Verdict) -> str:
    """Return how to see a finding once more, where the inputs are the user's own."""
    case = verdict.broken or (verdict.worst.case if verdict.worst else "")
    where = f"case '{case}'" if case else "one case"
    return f"call {verdict.component} with the inputs of {where}, step by step beside the reference"


def format_skipped(result: Check) -> Iterator[str]:
    """Yield what could not be judged, why, and what to do."""
    groups = group_not_comparable(result)
    for names, reason in groups:
        yield from format_paragraphs([("skipped", f"{format_names(names)}: {reason}")], 5)
    if result.hindrance:
        yield from format_paragraphs([("skipped", result.hindrance)], 5)
    undecided = [v for v in result.verdicts if result.against and v.no_power]
    told = dict[str, str]()
    for verdict in undecided:
        if not verdict.message.startswith(TAKES_DOUBLE):  # a note says so
            told.setdefault(verdict.message, verdict.component)
    for message, name in list(told.items())[:MAX_UNDECIDED]:
        single = message.startswith(TAKES_SINGLE)  # there is nothing to be done
        words = f"{name}{' ' if single else ': '}{message}"
        yield from format_paragraphs([("note" if single else "do", words)], 4)
    if undecided or result.hindrance:
        return
    if result.verdict == "not-comparable" and not groups:
        advice = FUNCTION_ADVICE if result.against else OFFER_ADVICE
        advice = MODEL_ADVICE if result.models else advice
        yield from format_paragraphs([("do", advice)], 2)


def group_not_comparable(result: Check) -> list[tuple[list[str], str]]:
    """Return the reasons why something is not comparable, each with the names that it is said of.

    Of a network, its class alone is named.
    """
    found: dict[str, dict[str, None]] = {}
    for verdict in result.verdicts:
        if verdict.status == "not-comparable":
            found.setdefault(verdict.message, {})[verdict.component] = None
    groups = []
    for reason, components in found.items():
        names = dict.fromkeys(name.partition(".")[0] for name in components if "." in name)
        groups.append((list(names or components), reason))
    return groups


def format_not_looked_at(left: list[NotLookedAt]) -> str:
    """Return the names that were taken for nothing, and what they may be meant for.

    >>> format_not_looked_at([NotLookedAt("relu"), NotLookedAt("sofmax", "softmax")])
    'not looked at: sofmax (did you mean softmax?), relu'
    """
    told = [f"{one.name} (did you mean {one.meant}?)" for one in left if one.meant]
    told += [one.name for one in left if not one.meant]
    more = [f"and {len(told) - MAX_NAMED_LEFT} more"] if len(told) > MAX_NAMED_LEFT else []
    return f"not looked at: {', '.join([*told[:MAX_NAMED_LEFT], *more])}"


def format_overview(result: Check) -> Iterator[str]:
    """Yield each dtype in a few lines; what both have in common once."""
    told: set[tuple[str, ...]] = set()
    for dtype in dict.fromkeys(v.dtype for v in result.verdicts):
        own = [v for v in result.verdicts if v.dtype == dtype]
        verdicts = [v for v in own if v.status not in ("missing", "limit", "not-comparable")]
        if not verdicts:
            continue
        passed = [v for v in verdicts if v.passed]
        things = "functions compared" if result.against else "components offered"
        things = "comparisons" if result.models else things
        line = f"{len(passed)} of {len(verdicts)} {things} are within their budget"
        drawn = [v.component for v in passed if v.statistical]
        if rounded := [v.budget_used or 0.0 for v in passed if not v.statistical]:
            line += f", using at most {max(rounded):.2f} of it"
        yield from format_paragraph(dtype, line, 1)
        weak = [v.component for v in verdicts if v.no_power and v.status == "faithful"]
        follow = [f"{v.component} (from {v.follows})" for v in verdicts if v.status == "follows"]
        for label, names in (("statistical", drawn), ("no power", weak), ("follows", follow)):
            if names and (label, *names) not in told:
                told.add((label, *names))
                yield from format_paragraph("", f"{label}: {format_names(names)}", 3)
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
    told = [f"{b.id} {b.name} ({b.component}, case '{b.case}')" for b in blind[:MAX_NAMED_FAULTS]]
    told[:1] = [first[:-1] + ", would show it)" for first in told[:1]]
    if len(blind) > MAX_NAMED_FAULTS:
        told.append(f"and {len(blind) - MAX_NAMED_FAULTS} more")
    return ", ".join(told)


def format_surviving_edits(blind: list[SurvivingFault]) -> str:
    """Return the first few edits of a reference that its inputs would not show.

    >>> edit = SurvivingFault("edit", "", "axis 0 in line 7", "norm", "x of (4, 5)")
    >>> format_surviving_edits([edit])
    'axis 0 in line 7 of norm (x of (4, 5) would show it)'
    """
    told = [
        f"{one.name} of {one.component} ({one.case} would show it)"
        for one in blind[:MAX_NAMED_FAULTS]
    ]
    if len(blind) > MAX_NAMED_FAULTS:
        told.append(f"and {len(blind) - MAX_NAMED_FAULTS} more")
    return ", ".join(told)


def format_names(names: list[str]) -> str:
    """Return the first few of the names.

    >>> format_names(["a", "b"])
    'a, b'
    """
    if len(names) > MAX_NAMED_COMPONENTS + 1:
        more = f"and {len(names) - MAX_NAMED_COMPONENTS} more"
        names = [*names[:MAX_NAMED_COMPONENTS], more]
    return ", ".join(names)


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
        return "; ".join(limit.text for limit in verdict.limits)
    return f"no power: {verdict.message}" if verdict.message else "no power"
