"""Lines for the terminal: labelled paragraphs in the room that there is. Pure."""

import re
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from .wording import STATUS_STYLES, make_printable

LINE_WIDTH = 100  # where nobody says how wide a line may be: in pipes, in files
MIN_LINE_WIDTH = 40  # below which a narrow terminal breaks the lines itself
LABEL_WIDTH = 9
INDENT = "    "
# How far, why it is so, what proves it, what to do: told whole, however many lines that takes.
WHOLE_LABELS = frozenset(
    (
        *("off", "cause", "causes", "beside", "edit", "or"),
        *("proof", "apart", "fix", "line", "known", "do"),
    )
)

# the colours of `colour_line`, and what CI servers take for a command of theirs
COLOURS = re.compile(r"(\x1b\[(?:0|3[123])m)")
COMMAND = re.compile(r"^(\s*:):|##(?=\w*\[)")

line_width: ContextVar[int] = ContextVar("line_width", default=LINE_WIDTH)
Paragraph = tuple[str, str]  # label, text


@contextmanager
def fit_lines(width: int) -> Iterator[None]:
    """In the block, paragraphs are as wide as the terminal is.

    >>> with fit_lines(60):
    ...     [len(line) for line in format_paragraph("fix", "so " * 30, lines=9)]
    [60, 54]
    """
    token = line_width.set(max(width, MIN_LINE_WIDTH))
    try:
        yield
    finally:
        line_width.reset(token)


def format_paragraphs(paragraphs: Iterable[Paragraph], lines: int) -> Iterator[str]:
    """Labelled paragraphs in at most so many lines: the longest give way.

    None of `WHOLE_LABELS` does, nor what stands below it without a label.
    """
    told = [(label, make_printable(text)) for label, text in paragraphs]
    room = [len(wrap_text(text)) for _, text in told]
    yielding = [not whole for whole in find_whole([label for label, _ in told])]
    while sum(room) > lines:
        longest = max((n for n, gives in zip(room, yielding, strict=True) if gives), default=1)
        if longest == 1:
            break
        places = [p for p, n in enumerate(room) if n == longest and yielding[p]]
        room[places[-1]] -= 1
    for (label, text), count in zip(told, room, strict=True):
        yield from format_paragraph(label, text, count)


def find_whole(labels: Iterable[str]) -> Iterator[bool]:
    """Yield for each paragraph whether it is told whole."""
    whole = False
    for label in labels:
        whole = label in WHOLE_LABELS or (not label and whole)
        yield whole


def format_paragraph(label: str, text: str, lines: int) -> Iterator[str]:
    """Yield a labelled paragraph of at most so many lines.

    >>> list(format_paragraph("fix", "divide by y.shape[0]", lines=2))
    ['    fix      divide by y.shape[0]']
    """
    found = wrap_text(make_printable(text))
    if len(found) > lines:
        rest = " ".join(found[lines - 1 :])
        found = [*found[: lines - 1], truncate_text(rest, measure_text_width())]
    for place, line in enumerate(found):
        yield f"{INDENT}{label if place == 0 else '':<{LABEL_WIDTH}}{line}".rstrip()


def measure_text_width() -> int:
    """Return the columns beside a label."""
    return line_width.get() - LABEL_WIDTH - len(INDENT)


def wrap_text(text: str) -> list[str]:
    """Return the lines of a text beside its label."""
    return textwrap.wrap(text, measure_text_width(), break_on_hyphens=False)


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


def clean_line(line: str) -> str:
    r"""Return a line as it may leave for a terminal or a log: one line, no commands to either.

    The colours that `colour_line` gives stay. A space goes into what GitHub, Azure and TeamCity
    would run if a log held it.

    >>> clean_line("\x1b[31mwrong\x1b[0m\x1b[2J\nline"), clean_line("  ::add-mask::e ##[error]")
    ('\x1b[31mwrong\x1b[0m?[2J line', '  : :add-mask::e # #[error]')
    """
    parts = [p if COLOURS.fullmatch(p) else make_printable(p) for p in COLOURS.split(line)]
    return COMMAND.sub(lambda m: f"{m[1]} :" if m[1] else "# #", "".join(parts))
