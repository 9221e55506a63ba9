"""What parts a port from the chapter by convention, and by how much: one line for each."""

from collections.abc import Iterator

from ..judging.results import Run, Verdict
from .wording import format_number


def format_conventions(run: Run) -> list[str]:
    """Each convention of each port once, with its size where it was first met."""
    said: dict[tuple[str, str, str], str] = {}
    for verdict in run.verdicts:
        if verdict.status == "convention" and verdict.cause:
            for key, line in format_verdict_conventions(verdict):
                said.setdefault((verdict.port, *key), f"{verdict.port}: {line}")
    return list(said.values())


def format_verdict_conventions(verdict: Verdict) -> Iterator[tuple[tuple[str, str], str]]:
    """((where it was seen, which convention), the line)."""
    cause = verdict.cause or {}
    if parts := cause.get("parts"):
        for part in parts:
            told = ", ".join(
                f"{word} by up to {format_number(part[key], 2)}"
                for key, word in (
                    ("loss", "the loss"),
                    ("|dW|/|W|", "the parameters (relative)"),
                    ("training accuracy", "the training accuracy"),
                )
                if part.get(key)
            )
            yield (
                ("training", f"{part['id']}/{part['form']}"),
                f"{part['id']}, {part['name']}: over the whole training it moves "
                f"{told or 'no curve'}.",
            )
        return
    size = ""
    if cause.get("size"):
        size = f", apart by up to {format_number(cause['size'], 2)} of the largest value"
    elif verdict.worst:
        size = (
            f", {verdict.worst.output} {format_number(verdict.worst.got, 2)} where the chapter has "
        )
        size += format_number(verdict.worst.want, 2)
    yield (
        (verdict.component, f"{cause['id']}/{cause.get('form', '')}"),
        f"{cause['id']}, {cause['name']}: at {verdict.component}{size}.",
    )
