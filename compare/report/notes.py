"""What a run's first sentence has no room for: what was not proved or compared, and how close."""

from collections.abc import Iterator

from ..judging.results import Run
from ..judging.rows import sort_by_gate
from ..judging.verdict import Verdict, list_limits
from .wording import format_count, format_list, format_number

MAX_REASON = 160  # characters of a message in a sentence
MOVED_CURVES = {
    "loss": "the loss",
    "|dW|/|W|": "the parameters (relative)",
    "training accuracy": "the training accuracy",
}


def build_notes(run: Run) -> list[str]:
    """Return all that must be said beside the sentence, a line each."""
    return (
        format_own_checks(run)
        + format_unproven(run)
        + format_not_compared(run)
        + format_limits(run)
        + format_conventions(run)
    )


def format_own_checks(run: Run) -> list[str]:
    """Return what is said of the reference where it is one of the ports."""
    if all(not run.is_reference(v.port) for v in run.verdicts):
        return []
    return [f"{run.reference} is what the ports are held against: its own checks do not count."]


def group_components(verdicts: list[Verdict]) -> dict[str, list[str]]:
    """Return the components of verdicts by port, each once.

    >>> group_components([Verdict("a", "softmax", "", d, "") for d in ("float64", "float32")])
    {'a': ['softmax']}
    """
    found: dict[str, list[str]] = {}
    for port, name in dict.fromkeys((v.port, v.component) for v in verdicts):
        found.setdefault(port, []).append(name)
    return found


def format_unproven(run: Run) -> list[str]:
    """Return what was not proved: never a pass, and never passed over in silence."""
    notes = []
    missing = [v for v in sort_by_gate(run) if v.status == "missing"]
    noun = "function" if run.against else "component"
    for port, names in group_components(missing).items():
        said = format_list(names) if len(names) < 5 else f"{format_count(len(names), noun)}"
        notes.append(f"{port} does not offer {said}.")
    proven = [v for v in run.verdicts if v.status == "faithful" and not v.passed]
    if open_ones := list(dict.fromkeys(v.component for v in proven if v.undecided)):
        notes.append(
            f"{format_list(open_ones)}: undecidable here, rounding alone flips the result."
        )
    weak = [v for v in proven if not v.undecided]
    if weak:
        what = "checks have" if len(weak) > 1 else "check has"
        notes.append(f"{len(weak)} {what} no power: the budget is too wide to prove anything.")
    return notes


def format_not_compared(run: Run) -> list[str]:
    """Return what of a user's own reference was not compared, and why."""
    if not run.against:
        return []
    found: dict[tuple[str, str], dict[str, None]] = {}
    for verdict in run.verdicts:
        if verdict.status == "not-comparable":
            found.setdefault((verdict.port, verdict.message), {})[verdict.component] = None
    notes = [
        f"{port}: {format_list(list(names))} not comparable: {shorten_message(why)}."
        for (port, why), names in found.items()
    ]
    silent = [one["name"] for one in run.against["functions"] if one["note"] == "no inputs"]
    told = [f"No inputs were given for {format_list(silent)}: not compared."] if silent else []
    return notes + told


def shorten_message(message: str) -> str:
    r"""Return as much of a message as a sentence has room for.

    >>> shorten_message("ValueError: no\nTraceback")
    'ValueError: no'
    """
    return next(iter(message.strip().splitlines()), "")[:MAX_REASON]


def format_limits(run: Run) -> list[str]:
    """Return each limit of each port once: what it does where the suite promises nothing."""
    ports = dict.fromkeys(v.port for v in run.verdicts)
    found = {port: list_limits(v for v in sort_by_gate(run) if v.port == port) for port in ports}
    return [
        f"{port}: a limit, which counts for nothing: {limit.text}."
        for port, limits in found.items()
        for limit in limits
    ]


def format_conventions(run: Run) -> list[str]:
    """Return each convention of each port once, with its size where it was first met."""
    said: dict[tuple[str, str, str], str] = {}
    for verdict in run.verdicts:
        if verdict.status == "convention" and verdict.cause:
            for key, line in format_verdict_conventions(verdict):
                said.setdefault((verdict.port, *key), f"{verdict.port}: {line}")
    return list(said.values())


def format_verdict_conventions(verdict: Verdict) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield ((where it was seen, which convention), the line)."""
    cause, worst, where = verdict.cause or {}, verdict.worst, verdict.component
    for part in cause.get("parts") or ():
        told = ", ".join(
            f"{word} by up to {format_number(part[key], 2)}"
            for key, word in MOVED_CURVES.items()
            if part.get(key)
        )
        line = f"over the whole training it moves {told or 'no curve'}"
        yield ("training", f"{part['id']}/{part['form']}"), f"{part['id']}, {part['name']}: {line}."
    if cause.get("parts"):
        return
    size = ""
    if cause.get("size"):
        size = f", apart by up to {format_number(cause['size'], 2)} of the largest value"
    elif worst:
        got, want = format_number(worst.got, 2), format_number(worst.want, 2)
        size = f", {worst.output} {got} where the chapter has {want}"
    line = f"{cause['id']}, {cause['name']}: at {where}{size}."
    yield (where, f"{cause['id']}/{cause.get('form', '')}"), line
