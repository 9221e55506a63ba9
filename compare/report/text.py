"""A check in words, for the terminal: at most twelve lines for a finding. Pure."""

import math
import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from ..judging.results import Verdict, Worst

WIDTH = 100
LINES = 12  # of a finding, its head included
LABEL = 9
INDENT = "    "
MARKS = {
    "faithful": "✓",
    "convention": "≈",
    "unfaithful": "✗",
    "error": "!",
    "timeout": "◷",
    "missing": "·",
    "follows": "↳",
}
COLOURS = {"faithful": 32, "convention": 33, "unfaithful": 31, "error": 31, "timeout": 31}

NUMBERS = "must hold"  # what the judge says of arrays that hold no real numbers
# What to do where no cause is known: a piece of the judge's message to advice.
ADVICE = {
    "must have shape": "look for a sum over the wrong axis, or over all of them, and for an axis "
    "that is kept or dropped (keepdims)",
    "changed its caller's": "work on a copy (x.copy(), in torch x.clone()) from the first write on",
    NUMBERS: "give an array of float64 or float32",
    "is empty": "return the values that were computed",
    "no output": "return every array, under the chapter's names",
}
NOT_FINITE = "look for exp of a large number (subtract the maximum first), the log of 0, or 0 / 0"

Paragraph = tuple[str, str]  # label, text


def finding(
    verdict: Verdict,
    framework: str,
    accepted: Iterable[str] = (),
    option: str = "--accept",
    replay: str | None = None,
) -> Iterator[str]:
    """One failure or convention: what, where, how far, how much was allowed, why, what to do.

    accepted: the conventions that are; option: how others are accepted here. replay: how to see it
    again, in place of the advice that fits a check.
    """
    status = verdict.status
    if status == "convention":
        status += ", accepted" if identity(verdict) in set(accepted) else ", not accepted"
    yield cut(f"{MARKS[verdict.status]} {verdict.component} ({verdict.dtype}): {status}", WIDTH)
    told = list(evidence(verdict))
    if verdict.cause is not None:
        told += reason(verdict, framework)
        if status == "convention, not accepted":
            told.append(("or", f"accept it by name: {option} {identity(verdict)}"))
    else:
        told += advice(verdict, replay or again(verdict, framework))
    yield from layout(told, LINES - 1)


def identity(verdict: Verdict) -> str:
    """The id of the cause, "" if there is none."""
    return str(verdict.cause["id"]) if verdict.cause else ""


def evidence(verdict: Verdict) -> Iterator[Paragraph]:
    """What was seen: the message, and the worst element unless it is in the message alone."""
    worst = verdict.worst
    measured = worst is not None and verdict.elements_over > 0
    # the judge's message on a number too far off says what follows below
    if verdict.message and not (
        measured and verdict.message.startswith(f"{verdict.elements_over} of {verdict.elements} ")
    ):
        yield "what", verdict.message
    if worst is None or not measured:
        return
    place = f"{worst.output}{worst.index}" if worst.index else worst.output
    yield "where", f"case '{worst.case}', {place}"
    yield "got", number(worst.got, verdict.dtype)
    yield "want", number(worst.want, verdict.dtype)
    yield "off", distance(verdict, worst)


def distance(verdict: Verdict, worst: Worst) -> str:
    """How far, how much was allowed, how many, and what it would take to pass."""
    off = abs(worst.got - worst.want)
    if not math.isfinite(off):
        told = "not a finite number, which never passes"
    elif worst.allowed == 0:
        told = f"{off:.3g} where the value must be exact"
    else:
        told = f"{off:.3g} where {worst.allowed:.3g} is allowed"
        told += f", {verdict.budget_used:.3g} times that"
    told += f"; {verdict.elements_over} of {verdict.elements} elements"
    least = verdict.least_rtol
    if least is None or not math.isfinite(least):
        return f"{told}; no rtol would pass"
    return f"{told}; rtol {rounded_up(least)} would pass"


def reason(verdict: Verdict, framework: str) -> Iterator[Paragraph]:
    """The cause, the experiment that proves it, and how to mend it."""
    cause = verdict.cause or {}
    also = cause.get("also") or []
    others = f" ({', '.join(also)} would give the same here)" if also else ""
    does = f". {cause['does']}" if cause.get("does") else ""
    second = cause.get("with")
    and_this = f", and {second['id']}: {second['name']}" if second else ""
    yield "cause", f"{cause['id']}: {cause['name']}{and_this}{others}{does}"
    if cause.get("budget_used") is not None:
        share = percent(cause.get("explained"))
        yield (
            "proof",
            f"explains {share} of the difference; what remains uses {cause['budget_used']:.2f} of "
            "its rounding budget",
        )
    if also and cause.get("apart"):
        yield "apart", telling(cause)
    mends = [m for m in (fix_for(cause, framework), fix_for(second or {}, framework)) if m]
    if mends:
        yield "fix", "; and ".join(mends)
    if met := cause.get("sources"):
        yield "met in", ", ".join(short(source) for source in met)


def short(source: str) -> str:
    """Where somebody met it, as it is said in a sentence.

    >>> short("https://github.com/o/r/issues/7"), short("https://example.org/a")
    ('o/r#7', 'example.org/a')
    """
    hub = r"https://github\.com/([^/]+/[^/]+)/"
    if found := re.fullmatch(hub + r"(?:issues|pull)/(\d+)", source):
        return f"{found[1]}#{found[2]}"
    if found := re.fullmatch(hub + r"commit/(\w{7})\w*", source):
        return f"{found[1]}@{found[2]}"
    return cut(re.sub(r"^https?://", "", source), WIDTH // 2)


def telling(cause: dict[str, Any]) -> str:
    """The input that tells the causes apart, or that none was found.

    >>> telling({"id": "F1", "also": ["F2"], "apart": {"F2": "f(x=[1]): F1 gives 2, F2 3"}})
    'f(x=[1]): F1 gives 2, F2 3'
    """
    apart = cause.get("apart") or {}
    found = [apart[name] for name in cause.get("also") or [] if apart.get(name)]
    same = [name for name in cause.get("also") or [] if name in apart and not apart[name]]
    told = "; ".join(dict.fromkeys(found))
    if same:
        told += f"{'; ' if told else ''}no input tried tells {', '.join(same)} from {cause['id']}"
        told += ": they compute the same function, as far as that shows"
    return told


def fix_for(cause: dict[str, Any], framework: str) -> str:
    """The fix in the words of a framework.

    >>> fix_for({"fix": {"numpy": "axis=-1", "torch": "dim=-1"}}, "torch")
    'dim=-1'
    """
    fix = cause.get("fix") or ""
    if isinstance(fix, str):
        return fix
    return str(fix.get(framework) or fix.get("numpy") or next(iter(fix.values()), ""))


def advice(verdict: Verdict, replay: str) -> Iterator[Paragraph]:
    """What to do where no cause is known."""
    if verdict.status == "timeout":
        yield (
            "do",
            "look for a loop that does not end or work at module level; --timeout gives more time",
        )
        return
    shown = [("known", "; ".join(verdict.known))] if verdict.known else []
    if verdict.status == "error":
        advised = [ADVICE[NUMBERS]] if NUMBERS in verdict.message else []
        yield from shown
        yield "do", "; ".join([*advised, replay])
        return
    known = [text for piece, text in ADVICE.items() if piece in verdict.message]
    tried = f" ({verdict.ruled_out} ruled out)" if verdict.ruled_out else ""
    yield "cause", f"unknown: no known change to the reference reproduces it{tried}"
    yield from shown
    worst = verdict.worst
    if not known and worst is not None and not math.isfinite(worst.got):
        known = [NOT_FINITE]
    yield "do", "; ".join([*known[:1], replay])


def again(verdict: Verdict, framework: str) -> str:
    """How to see a finding of a check once more: the case that broke, else the worst one."""
    case = verdict.broken or (verdict.worst.case if verdict.worst else "")
    where = f"the case '{case}'" if case else "one case"
    if framework == "arrays" and verdict.status == "error" and not case:
        return "record it anew with compare.Recorder"
    if framework == "arrays":
        return (
            f"compute {where} step by step beside the reference (`from trueport import reference`)"
        )
    if not case:
        return f"`trueport cases --export DIR` writes the inputs of {verdict.component}"
    call = f"compare.testing.case_inputs({verdict.component!r}, {case!r})"
    if verdict.broken:
        return f"make this one call by yourself for the whole traceback: {call} gives its inputs"
    return f"{call} gives the inputs: go through them beside the reference"


def number(value: float, dtype: str) -> str:
    """With the digits that dtype has.

    >>> number(0.10000000149011612, "float32"), number(0.1, "float64")
    ('0.100000001', '0.1')
    """
    return f"{value:.9g}" if dtype == "float32" else repr(value)


def rounded_up(value: float) -> str:
    """Two digits, never less than value: said to be enough, it must be.

    >>> rounded_up(0.04201), rounded_up(0.5), rounded_up(0.0)
    ('0.043', '0.5', '0')
    """
    if value == 0:
        return "0"
    digits = 1 - math.floor(math.log10(abs(value)))
    told = f"{value:.2g}"
    return told if float(told) >= value else f"{float(told) + 10.0**-digits:.2g}"


def percent(share: float | None) -> str:
    """With as many digits as it takes not to say 100 % of what is less.

    >>> percent(0.999998), percent(1.0), percent(1.0 - 1e-14), percent(0.5), percent(None)
    ('99.9998%', '100%', 'more than 99.999999%', '50%', 'all')
    """
    if share is None or not math.isfinite(share):
        return "all"
    if share >= 1.0:
        return "100%"
    for digits in range(8):
        told = f"{100 * share:.{digits}f}"
        if told != f"{100:.{digits}f}":
            return f"{told}%"
    return "more than 99.999999%"


def layout(paragraphs: Iterable[Paragraph], lines: int) -> Iterator[str]:
    """Labelled paragraphs in at most so many lines: the longest give way."""
    told = [(label, plain(text)) for label, text in paragraphs]
    room = [len(folded(text)) for _, text in told]
    while sum(room) > lines and max(room) > 1:
        room[len(room) - 1 - room[::-1].index(max(room))] -= 1
    for (label, text), count in zip(told, room, strict=True):
        yield from wrapped(label, text, count)


def wrapped(label: str, text: str, lines: int) -> Iterator[str]:
    """A labelled paragraph of at most so many lines.

    >>> list(wrapped("fix", "divide by y.shape[0]", lines=2))
    ['    fix      divide by y.shape[0]']
    """
    found = folded(plain(text))
    if len(found) > lines:
        rest = " ".join(found[lines - 1 :])
        found = [*found[: lines - 1], cut(rest, WIDTH - LABEL - len(INDENT))]
    for place, line in enumerate(found):
        yield f"{INDENT}{label if place == 0 else '':<{LABEL}}{line}".rstrip()


def folded(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH - LABEL - len(INDENT), break_on_hyphens=False) or [""]


def cut(text: str, width: int) -> str:
    """text in one line of at most so many characters.

    >>> cut("a long story", 8)
    'a long…'
    """
    text = plain(text)
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def plain(text: str) -> str:
    """text without what moves a cursor or cannot be written: a port chooses its own messages.

    >>> plain("red \\x1b[31m\\nnext")
    'red ?[31m next'
    """
    return "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in text)


def painted(line: str, status: str) -> str:
    """line in the colour of a status."""
    colour = COLOURS.get(status)
    return f"\x1b[{colour}m{line}\x1b[0m" if colour else line
