"""An extension of griffe: the public names of `trueport`, and plain docstrings as Markdown.

The comment behind a field of a dataclass is what is said of it. Nothing is imported: griffe reads
the sources alone.
"""

import ast
from itertools import takewhile
from typing import Any

import griffe

from docs.site.plain_prose import write_markdown


class PlainDocstrings(griffe.Extension):
    """What the pages of the API show of this project's sources."""

    def on_package(self, *, pkg: griffe.Module, loader: griffe.GriffeLoader, **kwargs: Any) -> None:
        """Put the names that `trueport` imports on first use where its users find them."""
        for name, home in ast.literal_eval(str(pkg["HOMES"].value)).items():
            pkg.set_member(name, griffe.Alias(name, f"{home}.{name}", parent=pkg))

    def on_object(self, *, obj: griffe.Object, loader: griffe.GriffeLoader, **kwargs: Any) -> None:
        """Make Markdown of an object's docstring."""
        if obj.docstring:
            text = write_markdown(obj.docstring.value, list_names(obj))
            obj.docstring.value = "\n\n".join(filter(None, (text, list_fields(obj))))


def list_names(obj: griffe.Object) -> set[str]:
    """Return the names that a docstring may say something of: parameters and fields."""
    if isinstance(obj, griffe.Function):
        return {parameter.name.lstrip("*") for parameter in obj.parameters}
    if isinstance(obj, griffe.Class):
        init = obj.members.get("__init__")
        own = list_names(init) if isinstance(init, griffe.Function) else set()
        return own | {name for name, member in obj.members.items() if member.is_attribute}
    return set()


def list_fields(obj: griffe.Object) -> str:
    """Return what the comments of a dataclass say of its fields, as a list."""
    if "dataclass" not in obj.labels:
        return ""
    own = [m for name, m in obj.members.items() if m.is_attribute and not name.startswith("_")]
    told = [(member.name, read_comment(obj, member)) for member in own if not member.docstring]
    return "\n".join(f"- `{name}`: {said}" for name, said in told if said)


def read_comment(obj: griffe.Object, field: griffe.Object | griffe.Alias) -> str:
    """Return the comment behind a field of a class, or the lines of comment above it."""
    lines = obj.lines[: (field.endlineno or 0) - (obj.lineno or 1) + 1]
    if behind := lines[-1].partition("  # ")[2]:
        return behind
    above = obj.lines[: (field.lineno or 0) - (obj.lineno or 1)]
    kept = takewhile(lambda line: line.startswith("    # "), reversed(above))
    return " ".join(line.removeprefix("    # ") for line in reversed(list(kept)))
