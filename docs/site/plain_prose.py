"""A docstring as Markdown: doctests as code, what is said of each parameter as a list."""

import re
from collections.abc import Iterable

NEW_LINE = re.compile(r"(?<=[.)]) +(?=(?:Returns?|Raises|Source)\b)")


def write_markdown(text: str, names: Iterable[str]) -> str:
    """Return a docstring as Markdown."""
    word = "|".join(sorted(map(re.escape, names))) or "(?!)"
    told = re.compile(rf"(?:^|(?<=[.);]) +)((?:{word})(?:, (?:{word}))*): ")
    return "\n\n".join(write_paragraph(p, told) for p in text.split("\n\n"))


def write_paragraph(text: str, told: re.Pattern[str]) -> str:
    """Return a paragraph of a docstring as Markdown; told: what begins the text of parameters."""
    if text.startswith(">>>"):
        return f"```pycon\n{text}\n```"
    line = " ".join(text.split())
    if not told.search(line):
        return text
    before, *parts = told.split(line)
    blocks = [before] if before else []
    for parameters, said in zip(parts[::2], parts[1::2], strict=True):
        item, *rest = NEW_LINE.split(said)
        blocks.append(f"- {', '.join(f'`{name}`' for name in parameters.split(', '))}: {item}")
        blocks += rest
    return re.sub(r"(?m)^(- .*)\n\n(?=- )", r"\1\n", "\n\n".join(blocks))
