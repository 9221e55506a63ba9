"""A check in words: the verdict in a sentence, an overview, the findings. Pure."""

from collections.abc import Iterator

from ..causes.surviving_faults import Blind
from ..judging.results import Verdict
from ..workflow.check import Check
from .text import finding, layout, painted, plain, wrapped

SHOWN = 6  # findings told in full on the terminal
NAMED = 8  # components named in a list of them
UNSEEN = 4  # faults named that could not have shown
OFFER = (
    "offer at least one of the chapter's names (sigmoid, softmax, cross_entropy_error, "
    "TwoLayerNet, ...), or name what stands for TwoLayerNet: file.py:Name"
)


def headline(result: Check) -> str:
    """The verdict in a sentence."""
    if result.verdict == "faithful":
        return "faithful: what it offers computes the same functions as the chapter"
    if result.verdict == "convention":
        ids = ", ".join(result.conventions)
        if result.exit_code == 0:
            return f"faithful but for conventions that were accepted: {ids}"
        return f"faithful but for conventions, each a different function: {ids}"
    if result.verdict == "not-comparable":
        return "not comparable: nothing was shown to be right or wrong"
    first = result.first_divergence
    return f"unfaithful, first at {first.component}" if first is not None else "unfaithful"


def findings(result: Check) -> list[Verdict]:
    """What needs words: every failure and convention, the second dtype only where it differs."""
    told: dict[str, str] = {}
    found = []
    for verdict in result.verdicts:
        if verdict.status in ("faithful", "missing", "follows"):
            continue
        if told.get(verdict.component) != verdict.status:
            told[verdict.component] = verdict.status
            found.append(verdict)
    return found


def text(result: Check, colour: bool = False) -> Iterator[str]:
    """The answer for the terminal. colour: only where the terminal shows it."""

    def head(line: str, status: str) -> str:
        return painted(line, status) if colour else line

    yield head(plain(f"{result.target} ({result.framework}): {headline(result)}"), result.verdict)
    yield from overview(result)
    if result.verdict == "not-comparable":
        yield from layout([("do", OFFER)], 2)
    for note in result.notes:
        yield from layout([("note", note)], 3)
    if result.blind:
        yield from layout([("blind to", unseen(result.blind))], 4)
    found = findings(result)
    for verdict in found[:SHOWN]:
        yield ""
        lines = finding(verdict, result.framework, result.accepted)
        yield head(next(lines), verdict.status)
        yield from lines
    if len(found) > SHOWN:
        more = ", ".join(v.component for v in found[SHOWN:])
        yield ""
        yield from wrapped("also", f"{more}: --json FILE has these {len(found) - SHOWN} too", 2)
    waiting = [name for name in result.conventions if name not in result.accepted]
    if waiting and result.verdict == "convention":
        yield ""
        yield f"to accept these conventions: --accept {','.join(waiting)}"


def overview(result: Check) -> Iterator[str]:
    """Each dtype in a few lines; what both have in common once."""
    told: set[tuple[str, str]] = set()
    for dtype in dict.fromkeys(v.dtype for v in result.verdicts):
        verdicts = [v for v in result.verdicts if v.dtype == dtype and v.status != "missing"]
        if not verdicts:
            continue
        passed = [v for v in verdicts if v.passed]
        line = f"{len(passed)} of {len(verdicts)} components offered are within their budget"
        if passed:
            line += f", using at most {max(v.budget_used or 0.0 for v in passed):.2f} of it"
        yield from wrapped(dtype, line, 1)
        for label, group in (
            ("no power", [v.component for v in verdicts if v.no_power and v.status == "faithful"]),
            (
                "follows",
                [f"{v.component} (from {v.follows})" for v in verdicts if v.status == "follows"],
            ),
        ):
            if group and (label, repr(group)) not in told:
                told.add((label, repr(group)))
                yield from wrapped("", f"{label}: {listed(group)}", 3)
    if lacking := not_offered(result):
        yield from wrapped("lacks", listed(lacking), 3)


def not_offered(result: Check) -> list[str]:
    """The components that the port has in no dtype."""
    missing = dict.fromkeys(v.component for v in result.verdicts if v.status == "missing")
    have = {v.component for v in result.verdicts if v.status != "missing"}
    return [name for name in missing if name not in have]


def unseen(blind: list[Blind]) -> str:
    """The first few faults that could not have shown, each with the case that would show it.

    >>> unseen([Blind("F43", "", "weights transposed", "TwoLayerNet.predict", "6-5-4")])
    "F43 weights transposed (TwoLayerNet.predict, case '6-5-4', would show it)"
    """
    told = [
        f"{b.id} {b.name} ({b.component}, case '{b.case}'"
        f"{', would show it' if number == 0 else ''})"
        for number, b in enumerate(blind[:UNSEEN])
    ]
    more = [f"and {len(blind) - UNSEEN} more"] if len(blind) > UNSEEN else []
    return ", ".join([*told, *more])


def listed(names: list[str]) -> str:
    """The first few of the names.

    >>> listed(["a", "b"])
    'a, b'
    """
    more = [f"and {len(names) - NAMED} more"] if len(names) > NAMED + 1 else []
    return ", ".join([*names[: NAMED if more else None], *more])


def outcome(verdict: Verdict, result: Check) -> str | None:
    """How a test runner counts a verdict: "failure", "error", "skipped", or None for a pass.

    What follows from an accepted convention passes with it, as in the exit status.
    """
    if verdict.status == "follows":
        root = [v for v in result.verdicts if v.component == verdict.follows]
        root = [v for v in root if v.dtype == verdict.dtype and v.status == "convention"]
        return outcome(root[0], result) if root else "failure"
    if verdict.status == "convention":
        found = verdict.cause["id"] if verdict.cause else None
        return None if found in result.accepted else "failure"
    if verdict.status == "missing" or (verdict.status == "faithful" and verdict.no_power):
        return "skipped"
    if verdict.status == "faithful":
        return None
    return "error" if verdict.status in ("error", "timeout") else "failure"


def skip_reason(verdict: Verdict) -> str:
    """Why a verdict is no pass and no failure either."""
    if verdict.status == "missing":
        return verdict.message or "not offered by the port"
    return f"no power: {verdict.message}" if verdict.message else "no power"
