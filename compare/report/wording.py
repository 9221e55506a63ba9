"""How the report says things: numbers, counts, lists and statuses in words and symbols.

Colour is never alone: every status has a word and a symbol of its own.
"""

import json
import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..judging.json_numbers import encode_numbers
from ..judging.results import PortRun
from ..judging.verdict import Verdict

COUNT_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class StatusStyle:
    """A status as a reader meets it."""

    name: str  # also the CSS class
    symbol: str
    word: str
    meaning: str
    colour: int = 0  # of the terminal; 0: its own


STATUS_STYLES = {look.name: look for look in (
    StatusStyle("faithful", "✓", "faithful", "within its rounding budget", 32),
    StatusStyle("no-power", "?", "no power",
                "the budget is so wide that agreement proves nothing"),
    StatusStyle("undecidable", "?", "undecidable", "rounding alone flips the result"),
    StatusStyle("convention", "≈", "convention",
                "equals a named alternative, not the chapter's", 33),
    StatusStyle("unfaithful", "✗", "unfaithful", "beyond its rounding budget", 31),
    StatusStyle("follows", "↳", "follows", "explained by an earlier failure"),
    StatusStyle("error", "!", "error", "raised an error or gave no usable result", 31),
    StatusStyle("timeout", "◷", "timeout", "did not finish in its time", 31),
    StatusStyle("missing", "∅", "not offered", "the port does not have it"),
    StatusStyle("not-comparable", "–", "not comparable",
                "it could not be compared here, for the reason given"),
    StatusStyle("limit", "~", "limit", "departs where the chapter promises nothing"),
    StatusStyle("not-run", "·", "not run", "the harness did not get to it"),
)}  # fmt: skip
# of what is drawn at random, which no rounding bounds
STATISTICAL_MEANINGS = {
    "faithful": "its statistics are within what chance allows",
    "unfaithful": "its statistics are beyond what chance allows",
}
# what may become of a port and of no component
PORT_STYLES = {
    "not-comparable": StatusStyle("not-run", "·", "not comparable", "nothing could be compared"),
    "not installed": StatusStyle("not-run", "·", "not installed", "its framework is not here"),
    "interrupted": StatusStyle("no-power", "‖", "interrupted", "it was stopped before its end"),
}


def name_allowance(verdict: Verdict) -> str:
    """Return what a verdict's share is a share of."""
    return "what chance allows" if verdict.statistical else "the rounding budget"


def list_styles(shown: Collection[str]) -> list[StatusStyle]:
    """Return those of the looks that are shown, by name, and that of a pass."""
    return [look for look in STATUS_STYLES.values() if look.name in ("faithful", *shown)]


def get_port_style(port: PortRun) -> StatusStyle:
    """Return the look of a port: that of its process, if that is one, else of its verdict."""
    styles = STATUS_STYLES | PORT_STYLES
    unknown = StatusStyle("not-run", "·", port.verdict, port.verdict)
    return styles.get(port.status) or styles.get(port.verdict, unknown)


def get_status_style(verdict: Verdict) -> StatusStyle:
    """Return the look of a verdict. An agreement without power never looks like a pass."""
    if verdict.status == "faithful" and not verdict.passed:
        return STATUS_STYLES["undecidable" if verdict.undecided else "no-power"]
    if verdict.statistical and verdict.status in STATISTICAL_MEANINGS:
        look = STATUS_STYLES[verdict.status]
        return replace(look, meaning=STATISTICAL_MEANINGS[verdict.status])
    # A status from a later version of the harness is not run off the page, and is no pass.
    return STATUS_STYLES.get(
        verdict.status, StatusStyle("error", "!", verdict.status, "an unknown status")
    )


# control characters, marks that turn the direction of reading, lone surrogates, no characters
UNFIT = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    r"\ud800-\udfff\ufffe\uffff]"
)


def clean_text(text: str) -> str:
    """Return text without what XML and UTF-8 cannot carry, or what shows it in another order.

    >>> clean_text("a" + chr(0) + "b")
    'a�b'
    """
    return UNFIT.sub("\ufffd", text)


def make_printable(text: str) -> str:
    r"""Return text without what moves a cursor or cannot be written.

    A port chooses its own messages.

    >>> make_printable("red \x1b[31m\nnext")
    'red ?[31m next'
    """
    return "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in text)


def format_count(number: int, noun: str = "") -> str:
    """Return a small number as a word, with its noun.

    >>> format_count(3, "port"), format_count(1, "port"), format_count(48, "check"), format_count(2)
    ('three ports', 'one port', '48 checks', 'two')
    """
    word = COUNT_WORDS[number] if 0 <= number < len(COUNT_WORDS) else f"{number:,}"
    return f"{word} {noun}{'' if number == 1 else 's'}" if noun else word


def format_list(items: Sequence[str]) -> str:
    """Return items as English joins them.

    >>> format_list(["a"]), format_list(["a", "b"]), format_list(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def format_field(value: Any) -> str:
    """Return a value of a free field: text as it is, the rest as JSON.

    >>> format_field("epsilon 1e-8"), format_field({"b": [1, 2]})
    ('epsilon 1e-8', '{"b": [1, 2]}')
    """
    if isinstance(value, str):
        return value
    return json.dumps(encode_numbers(value), ensure_ascii=False, default=str)


def format_share(value: float | None) -> str:
    """Return a share of the budget, short enough for a cell.

    >>> [format_share(v) for v in (None, 0.0, 0.0004, 0.312, 0.999, 4.5, 250.0, 31234.0)]
    ['–', '0', '<0.01', '0.31', '0.999', '4.50', '250', '3.1e4']
    >>> format_share(1.0004), format_share(float("nan"))
    ('1.0004', 'nan')
    """
    if value is None:
        return "–"
    if not math.isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    if value < 0.01:
        return "<0.01"
    # Near the limit two decimals would round a miss into a hit, or a hit into a miss.
    if 0.99 < value < 1.01 and value != 1:
        return f"{value:.6f}".rstrip("0") if round(value, 6) != 1 else repr(value)
    if value < 10:
        return f"{value:.2f}"
    return f"{value:.0f}" if value < 1000 else shorten_exponent(f"{value:.1e}")


def format_number(value: float | None, digits: int = 6) -> str:
    """Return a number with enough digits to compare by eye.

    >>> (format_number(0.1), format_number(1.5e-9), format_number(float("inf")),
    ...  format_number(None), format_number(12345))
    ('0.1', '1.5e-9', 'inf', '–', '12345')
    """
    if value is None:
        return "–"
    return shorten_exponent(f"{value:.{digits}g}")


def shorten_exponent(text: str) -> str:
    """3.1e+04 as 3.1e4.

    >>> shorten_exponent("3.1e+04"), shorten_exponent("1e-09"), shorten_exponent("2")
    ('3.1e4', '1e-9', '2')
    """
    return re.sub(r"e([+-])0*(\d)", lambda m: "e" + m[1].replace("+", "") + m[2], text)


def format_seconds(value: float) -> str:
    """Return a time for people.

    >>> format_seconds(0.0), format_seconds(0.25), format_seconds(12.34), format_seconds(754)
    ('–', '0.25 s', '12.3 s', '12 min 34 s')
    """
    if not value > 0:  # 0 is "not measured"; NaN lands here too
        return "–"
    if value < 120:
        return f"{value:.2f} s" if value < 10 else f"{value:.1f} s"
    return f"{int(value) // 60} min {int(value) % 60} s" if math.isfinite(value) else str(value)


def format_megabytes(value: float) -> str:
    """Return memory for people.

    >>> format_megabytes(0.0), format_megabytes(412.4), format_megabytes(2150.0)
    ('–', '412 MB', '2.15 GB')
    """
    if not value > 0:
        return "–"
    return f"{value:.0f} MB" if value < 1000 else f"{value / 1000:.2f} GB"


def find_own_file(diff: str) -> str:
    """Return the file of trueport's reference that a diff changes; "" if it is the user's.

    Of the user's own files a diff has the name alone.

    >>> find_own_file("--- reference/networks.py"), find_own_file("--- norms.py")
    ('reference/networks.py', '')
    """
    file = diff.split("\n", 1)[0].removeprefix("--- ")
    return file if "/" in file else ""
