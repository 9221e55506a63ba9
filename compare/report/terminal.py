"""Lines for the terminal: labelled paragraphs in the room that there is. Pure."""

import textwrap
from collections.abc import Iterable, Iterator

from .wording import STATUS_STYLES, make_printable

LINE_WIDTH = 100
LABEL_WIDTH = 9
INDENT = "    "
TEXT_WIDTH = LINE_WIDTH - LABEL_WIDTH - len(INDENT)

Paragraph = tuple[str, str]  # label, text


def format_paragraphs(paragraphs: Iterable[Paragraph], lines: int) -> Iterator[str]:
    """Labelled paragraphs in at most so many lines: the longest give way."""
    told = [(label, make_printable(text)) for label, text in paragraphs]
    room = [len(wrap_text(text)) for _, text in told]
    while sum(room) > lines and max(room) > 1:
        room[len(room) - 1 - room[::-1].index(max(room))] -= 1
    for (label, text), count in zip(told, room, strict=True):
        yield from format_paragraph(label, text, count)


def format_paragraph(label: str, text: str, lines: int) -> Iterator[str]:
    """Yield a labelled paragraph of at most so many lines.

    >>> list(format_paragraph("fix", "divide by y.shape[0]", lines=2))
    ['    fix      divide by y.shape[0]']
    """
    found = wrap_text(make_printable(text))
    if len(found) > lines:
        rest = " ".join(found[lines - 1 :])
        found = [*found[: lines - 1], truncate_text(rest, TEXT_WIDTH)]
    for place, line in enumerate(found):
        yield f"{INDENT}{label if place == 0 else '':<{LABEL_WIDTH}}{line}".rstrip()


def wrap_text(text: str) -> list[str]:
    """Return the lines of a text beside its label."""
    return textwrap.wrap(text, TEXT_WIDTH, break_on_hyphens=False)


def truncate_text(text: str, width: int) -> str:
    """Return text in one line of at most so many characters.

    >>> truncate_text("a long story", 8)
    'a long…'
    """
    text = make_printable(text)
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def colour_line(line: str, status: str) -> str:
    """Return line in the colour of a status."""
    look = STATUS_STYLES.get(status)
    return f"\x1b[{look.colour}m{line}\x1b[0m" if look and look.colour else line
