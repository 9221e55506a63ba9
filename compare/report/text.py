"""A finding in words, for the terminal: twelve lines, or as many as its cause takes. Pure."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..judging.cause import list_cause_ids
from ..judging.verdict import Verdict, WorstElement
from .advice import format_advice, format_replay_advice
from .terminal import LINE_WIDTH, Paragraph, format_paragraphs, truncate_text
from .wording import STATUS_STYLES, find_own_file

MAX_FINDING_LINES = 12  # of a finding, its head included
MAX_EDIT_LINES = 24  # of one whose cause is an edit, which is shown line by line

NEGLIGIBLE = 1e-30  # an allowance so small that its number says nothing
MAX_TOLD_MULTIPLE = 1e6  # of the allowance; beyond, how many times it is says nothing more
MAX_TOLD_RTOL = 0.5  # a tolerance that lets half the value pass is none


def format_finding(
    verdict: Verdict,
    framework: str,
    accepted: Iterable[str] = (),
    option: str = "--accept",
    replay: str | None = None,
) -> Iterator[str]:
    """Yield one failure or convention: what, where, how far, how much was allowed, why, what to do.

    accepted: the conventions that are; option: how others are accepted here.
    replay: how to see it again, in place of the advice that fits a check.
    """
    status, cause = str(verdict.status), verdict.cause
    if status == "convention":
        known = set(list_cause_ids(cause)) <= set(accepted)
        status += ", accepted" if known else ", not accepted"
    symbol = STATUS_STYLES[verdict.status].symbol
    yield truncate_text(f"{symbol} {verdict.component} ({verdict.dtype}): {status}", LINE_WIDTH)
    told = list(format_evidence(verdict))
    if cause is None:
        told += format_advice(verdict, replay or format_replay_advice(verdict, framework))
    else:
        told += format_cause(verdict, framework)
        if status == "convention, not accepted":
            ids = ",".join(list_cause_ids(cause))
            told.append(("or", f"accept it by name: {option} {ids}"))
    most = MAX_EDIT_LINES if (cause or {}).get("diff") else MAX_FINDING_LINES
    yield from format_paragraphs(told, most - 1)


def format_evidence(verdict: Verdict) -> Iterator[Paragraph]:
    """Yield what was seen: the message, and the worst element unless it is in the message alone."""
    worst = verdict.worst if verdict.elements_over > 0 else None
    # the judge's message on a number too far off says what follows below
    counted = verdict.message.startswith(f"{verdict.elements_over} of {verdict.elements} ")
    if verdict.message and not (worst and counted):
        yield "what", verdict.message
    if worst is not None:
        place = f"{worst.output}{worst.index}" if worst.index else worst.output
        yield "where", f"case '{worst.case}', {place}"
        yield "got", format_float(worst.got, verdict.dtype)
        yield "want", format_float(worst.want, verdict.dtype)
        yield "off", format_deviation(verdict, worst)
    if verdict.right:
        yield "right", f"{', '.join(verdict.right)}: these outputs are, in every case"


def format_deviation(verdict: Verdict, worst: WorstElement) -> str:
    """Return how far, how much was allowed, how many, and what it would take to pass."""
    off = abs(worst.got - worst.want)
    if not math.isfinite(off):
        told = "not a finite number, which never passes"
    elif worst.allowed == 0:
        told = f"{off:.3g} where the value must be exact"
    elif worst.allowed < NEGLIGIBLE:
        told = f"{off:.3g} where rounding explains nothing"
    else:
        told = f"{off:.3g} where {worst.allowed:.3g} is allowed"
        if (verdict.budget_used or 0.0) < MAX_TOLD_MULTIPLE:
            told += f", {verdict.budget_used:.3g} times that"
    told += f"; {verdict.elements_over} of {verdict.elements} elements"
    least = verdict.least_rtol
    if least is None or not least <= MAX_TOLD_RTOL:
        return f"{told}; no rtol that means anything would pass"
    return f"{told}; rtol {format_rounded_up(least)} would pass"


def format_cause(verdict: Verdict, framework: str) -> Iterator[Paragraph]:
    """Yield the cause, the experiment that proves it, and how to mend it."""
    cause: Mapping[str, Any] = verdict.cause or {}
    if cause.get("diff"):
        yield from format_edit(cause)
        return
    also, second = cause.get("also") or [], cause.get("with") or {}
    named = f"{cause['id']}: {cause['name']}"
    others = f" ({', '.join(also)} would give the same here)" if also else ""
    if second:  # each is told by its name: what both do at once is no sum of two sentences
        yield "causes", f"{named}; and {second['id']}: {second['name']}{others}"
    else:
        does = f". {cause['does']}" if cause.get("does") else ""
        yield "cause", f"{named}{others}{does}"
    if cause.get("budget_used") is not None:
        of = "what chance allows" if verdict.statistical else "its rounding budget"
        rest = f"what remains uses {cause['budget_used']:.2f} of {of}"
        yield "proof", f"{format_explained(verdict)}; {rest}"
    if also and cause.get("apart"):
        yield "apart", format_distinction(cause)
    told = [format_fix(part, framework) for part in (cause, second)]
    mends = list(dict.fromkeys(mend for mend in told if mend))
    if mends:
        yield "fix", "; and ".join([*(mend.rstrip(".") for mend in mends[:-1]), mends[-1]])
    yield from format_own_line(cause)
    if met := cause.get("sources"):
        yield "met in", ", ".join(map(shorten_source, met))


def format_why(verdict: Verdict, framework: str) -> Iterator[Paragraph]:
    """Yield the cause in short, with the change that mends it; else what is known without one."""
    if verdict.cause is not None:
        told = format_cause(verdict, framework)
        yield from (one for one in told if one[0] not in ("proof", "apart", "met in"))
    else:
        told = format_advice(verdict, "")
        yield from (one for one in told if one[0] != "do")


def format_edit(cause: Mapping[str, Any]) -> Iterator[Paragraph]:
    """Yield the change of the reference that gives what the port gave; of ours, where it stands."""
    file = find_own_file(cause["diff"])
    of = f" of trueport's {file}" if file else ""
    told = f"the reference with this change{of} gives what the port gave"
    if cause.get("edited") == "port":
        told = "the port with this change gives what the reference gives"
    yield "cause", told
    if second := cause.get("with"):
        yield "beside", f"{second['id']}: {second['name']}"
    for number, diff in enumerate([cause["diff"], *(cause.get("also") or [])[:1]]):
        lines = [line for line in diff.splitlines() if not line.startswith(("---", "+++"))]
        for line in lines:
            label = ("or" if number else "edit") if line is lines[0] else ""
            yield label, line
    if more := len((cause.get("also") or [])[1:]):
        yield "", f"and {more} other change{'s' * (more > 1)} that would give the same here"
    yield from format_own_line(cause)
    for name, value in (cause.get("values") or {}).items():
        yield name, f"{value['value']:.12g} within {value['error']:.1g}"
    used = cause.get("budget_used")
    if used is not None:
        yield "proof", f"what remains uses {used:.2f} of its rounding budget"
    for other in (cause.get("apart") or {}).values():
        yield "apart", str(other)


def format_own_line(cause: Mapping[str, Any]) -> Iterator[Paragraph]:
    """Yield the line of the user's file that stands where the change is made, if it is known."""
    if line := cause.get("line"):
        found = str(line)
        word = "in" if found.partition(": ")[2].startswith("def ") else "likely"
        yield "line", f"{word} {found}"


def format_explained(verdict: Verdict) -> str:
    """Return what a cause explains; where nothing but what has no size is wrong, that it does."""
    cause, worst = verdict.cause or {}, verdict.worst
    if (share := cause.get("explained")) is None:
        if verdict.elements_over and worst is not None and not math.isfinite(worst.got):
            return f"gives no number in the same {verdict.elements_over} elements"
        if changed := re.search(r"changed its caller's (\w+(?:, \w+)*)", verdict.message):
            return f"changes {changed[1]} in the same way"
        if "must have shape" in verdict.message:
            return "gives arrays of the same shapes"
    return f"explains {format_percent(share)} of the difference"


def shorten_source(source: str) -> str:
    """Return where somebody met it, as it is said in a sentence.

    >>> shorten_source("https://github.com/o/r/issues/7"), shorten_source("https://example.org/a")
    ('o/r#7', 'example.org/a')
    """
    hub = r"https://github\.com/([^/]+/[^/]+)/"
    if found := re.fullmatch(hub + r"(?:issues|pull)/(\d+)", source):
        return f"{found[1]}#{found[2]}"
    if found := re.fullmatch(hub + r"commit/(\w{7})\w*", source):
        return f"{found[1]}@{found[2]}"
    return truncate_text(re.sub(r"^https?://", "", source), LINE_WIDTH // 2)


def format_distinction(cause: Mapping[str, Any]) -> str:
    """Return the input that tells the causes apart, or that none was found.

    >>> cause = {"id": "F1", "also": ["F2"], "apart": {"F2": "f(x=[1]): F1 gives 2, F2 3"}}
    >>> format_distinction(cause)
    'f(x=[1]): F1 gives 2, F2 3'
    """
    apart = cause.get("apart") or {}
    others = [name for name in cause.get("also") or [] if name in apart]
    told = list(dict.fromkeys(apart[name] for name in others if apart[name]))
    if same := [name for name in others if not apart[name]]:
        told.append(
            f"no input tried tells {', '.join(same)} from {cause['id']}: they compute the same "
            "function, as far as that shows"
        )
    return "; ".join(told)


def format_fix(cause: Mapping[str, Any], framework: str) -> str:
    """Return the fix in the words of a framework.

    >>> format_fix({"fix": {"numpy": "axis=-1", "torch": "dim=-1"}}, "torch")
    'dim=-1'
    """
    fix = cause.get("fix") or ""
    if isinstance(fix, str):
        return fix
    return str(fix.get(framework) or fix.get("numpy") or next(iter(fix.values()), ""))


def format_float(value: float, dtype: str) -> str:
    """With the digits that dtype has.

    >>> format_float(0.10000000149011612, "float32"), format_float(0.1, "float64")
    ('0.100000001', '0.1')
    """
    return f"{value:.9g}" if dtype == "float32" else repr(value)


def format_rounded_up(value: float) -> str:
    """Return two digits, never less than value: said to be enough, it must be.

    >>> format_rounded_up(0.04201), format_rounded_up(0.5), format_rounded_up(0.0)
    ('0.043', '0.5', '0')
    """
    if value == 0:
        return "0"
    digits = 1 - math.floor(math.log10(abs(value)))
    told = f"{value:.2g}"
    return told if float(told) >= value else f"{float(told) + 10.0**-digits:.2g}"


def format_percent(share: float | None) -> str:
    """With as many digits as it takes not to say 100 % of what is less.

    >>> (format_percent(0.999998), format_percent(1.0),
    ...  format_percent(1.0 - 1e-14), format_percent(0.5), format_percent(None))
    ('99.9998%', '100%', 'more than 99.999999%', '50%', 'all')
    """
    if share is None or not math.isfinite(share):
        return "all"
    if share >= 1.0:
        return "100%"
    told = (f"{100 * share:.{digits}f}" for digits in range(8))
    return next((f"{text}%" for text in told if float(text) < 100), "more than 99.999999%")
