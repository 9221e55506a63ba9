"""Findings as the lines that GitHub Actions shows beside the code. Pure."""

from collections.abc import Iterator

from ..judging.check import Check
from .located import LocatedFinding, list_located_findings
from .wording import clean_text

COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def format_annotations(result: Check) -> Iterator[str]:
    """Yield a workflow command for each finding; none for a convention that was accepted."""
    for finding in list_located_findings(result):
        if not finding.accepted:
            yield format_annotation(finding)


def format_annotation(finding: LocatedFinding) -> str:
    """Return one workflow command: a line, whatever the finding holds."""
    place = [("file", finding.place.file)]
    place += [("line", str(finding.place.line))] if finding.place.line else []
    told = [*place, ("title", f"Trueport: {finding.title}")]
    properties = ",".join(f"{name}={escape_property(value)}" for name, value in told)
    return f"::{COMMANDS[finding.level]} {properties}::{escape_message(finding.text)}"


def escape_message(text: str) -> str:
    r"""Return text as a workflow command takes it.

    >>> escape_message("100%\n::error::no")
    '100%25%0A::error::no'
    """
    text = clean_text(text).replace("%", "%25")
    return text.replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """Return text as a property of a workflow command.

    >>> escape_property("a,b: c")
    'a%2Cb%3A c'
    """
    return escape_message(text).replace(":", "%3A").replace(",", "%2C")
