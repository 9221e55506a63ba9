"""An extension of griffe: the public names of `trueport`, and docstrings in plain prose as Markdown.

Doctests become blocks of code, what is said of each parameter an item of a list, and the comment
behind a field is what is said of it. Nothing is imported: griffe reads the sources alone.
"""

import ast
import re
from collections.abc import Iterable
from typing import Any

import griffe

NEW_LINE = re.compile(r"(?<=[.)]) +(?=(?:Returns?|Raises|Source)\b)")


class PlainDocstrings(griffe.Extension):
    """What the pages of the API show of this project's sources."""

    def on_package(self, *, pkg: griffe.Module, loader: griffe.GriffeLoader, **kwargs: Any) -> None:
        """Put the names that `trueport` imports on first use where its users find them."""
        for name, home in ast.literal_eval(str(pkg["HOMES"].value)).items():
            pkg.set_member(name, griffe.Alias(name, f"{home}.{name}", parent=pkg))

    def on_object(self, *, obj: griffe.Object, loader: griffe.GriffeLoader, **kwargs: Any) -> None:
        """Make Markdown of an object's docstring."""
        if obj.is_attribute and not obj.docstring and obj.lines:
            said = obj.lines[-1].partition("  # ")[2].strip()
            obj.docstring = griffe.Docstring(said, parent=obj) if said else None
        elif obj.docstring:
            obj.docstring.value = write_markdown(obj.docstring.value, list_names(obj))


def list_names(obj: griffe.Object) -> set[str]:
    """Return the names that a docstring may say something of: parameters and fields."""
    if isinstance(obj, griffe.Function):
        return {parameter.name.lstrip("*") for parameter in obj.parameters}
    if isinstance(obj, griffe.Class):
        init = obj.members.get("__init__")
        own = list_names(init) if isinstance(init, griffe.Function) else set()
        return own | {name for name, member in obj.members.items() if member.is_attribute}
    return set()


def write_markdown(text: str, names: Iterable[str]) -> str:
    """Return a docstring as Markdown."""
    word = "|".join(sorted(map(re.escape, names))) or "(?!)"
    told = re.compile(rf"(?:^|(?<=[.)]) +)((?:{word})(?:, (?:{word}))*): ")
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
        said, *rest = NEW_LINE.split(said)
        blocks.append(f"- {', '.join(f'`{name}`' for name in parameters.split(', '))}: {said}")
        blocks += rest
    return re.sub(r"(?m)^(- .*)\n\n(?=- )", r"\1\n", "\n\n".join(blocks))
