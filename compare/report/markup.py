"""Text of others in Markdown: none of it is markup, whatever a port chooses to say."""

import re
from collections.abc import Sequence

from .wording import clean_text, make_printable

# what makes of a line a list, a rule or the one above it a heading
LINE_START = re.compile(r"^(?:([-+])(?=\s|$)|(-)(?=[-\s]*$)|(=)(?==*\s*$)|(\d{1,9})([.)])(?=\s|$))")
HTML_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "@": "&#64;"})


def render_table(heads: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> str:
    """Return a table in GitHub's Markdown.

    align: "l" or "r" for each column. Raises ValueError if it has more or fewer letters than heads.

    >>> print(render_table(["a", "b|c"], [("x", "1")], "lr"))
    | a | b&#124;c |
    | :-- | --: |
    | x | 1 |
    """
    rule = [{"l": ":--", "r": "--:"}[side] for side, _ in zip(align, heads, strict=True)]
    escaped = [[escape_markdown(cell) for cell in row] for row in (heads, *rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (escaped[0], rule, *escaped[1:]))


def escape_markdown(text: str) -> str:
    r"""Return text as Markdown shows it letter by letter, on one line, fit for a table's cell.

    >>> escape_markdown("<b>a|b</b> *c*")
    '&lt;b&gt;a&#124;b&lt;/b&gt; \\*c\\*'
    >>> escape_markdown("cross_entropy_error"), escape_markdown("_x_")
    ('cross_entropy_error', '\\_x\\_')
    >>> escape_markdown("- x"), escape_markdown("1. x"), escape_markdown("-1.5")
    ('\\- x', '1\\. x', '-1.5')
    """
    text = re.sub(r"([\\`*\[\]#~$])", r"\\\1", join_lines(text))
    text = LINE_START.sub(lambda m: f"{m[4]}\\{m[5]}" if m[4] else f"\\{m[0]}", text)
    # Inside a word an underscore means nothing to GitHub, and names are easier to read without \.
    text = re.sub(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", r"\\_", text)
    return text.translate(HTML_ENTITIES)


def escape_html(text: str) -> str:
    """Return text for a place where only HTML, the table's bar and mentions mean something.

    >>> escape_html("a < b | c")
    'a &lt; b &#124; c'
    """
    return join_lines(text).translate(HTML_ENTITIES)


def format_code_span(text: str) -> str:
    """Return a code span that holds any text, in which neither markup nor links nor mentions work.

    >>> format_code_span("a `b`")
    '`` a `b` ``'
    """
    text = join_lines(text)
    ticks = "`" * (find_longest_backticks(text) + 1)
    pad = " " if "`" in text or not text else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def format_code_block(body: str) -> str:
    """Return text as it stands, line by line."""
    body = clean_text(body)
    ticks = "`" * max(3, find_longest_backticks(body) + 1)
    return f"{ticks}text\n{body}\n{ticks}"


def find_longest_backticks(text: str) -> int:
    """Return the length of the longest run of backticks."""
    return max(map(len, re.findall("`+", text)), default=0)


def join_lines(text: str) -> str:
    """Return printable text on one line."""
    return " ".join(make_printable(text).split())
