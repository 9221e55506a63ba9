"""What parts a port from the chapter by convention, and by how much: one line for each."""

from collections.abc import Iterator

from ..judging.results import Run, Verdict
from .wording import format_number

MOVED_CURVES = {
    "loss": "the loss",
    "|dW|/|W|": "the parameters (relative)",
    "training accuracy": "the training accuracy",
}


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
