"""Where in the user's files each finding stands, as well as reading them tells. Runs nothing."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..judging.check import Check, Place
from ..judging.verdict import Verdict
from ..ports.user_code.errors import TargetError
from ..ports.user_code.source import flatten_statements, parse_source, read_source
from ..ports.user_code.target import Target, parse_target

RAISED = re.compile(r"\((?P<file>[^\s()]+\.py):(?P<line>\d+)\)")
DIFF = re.compile(r"^--- (?P<file>\S+\.py)$.*?^@@ -(?P<line>\d+)", re.MULTILINE | re.DOTALL)
LINE = re.compile(r"(?P<file>[^\s:]+\.py):(?P<line>\d+)")
TAKEN = re.compile(r"(?P<mine>\S+) was taken for (?P<wanted>[\w.]+)")


def find_places(result: Check, names: Mapping[str, str]) -> dict[str, Place]:
    """Return the place of every component that has one, and of the target itself under "".

    A line that a cause or an error names comes first, then the function's or layer's definition.

    names: the reference's functions to the port's, where they differ.
    """
    try:
        target = parse_target(result.target, elsewhere=True)
    except (ValueError, OSError):  # what is wrong with it is told by the check
        return {"": Place(result.target)}
    path = Path(target.path or target.text)
    found = {"": name_place(path)}
    lines = read_definitions(path)
    for verdict in result.verdicts:
        told = find_told_line(verdict, result, path)
        if told is None and (line := find_definition(verdict, result, target, names, lines)):
            told = name_place(path, line)
        if told is not None:
            found.setdefault(verdict.component, told)
    return found


def name_place(path: Path, line: int | None = None) -> Place:
    """Return a place, named from the current folder if it lies below."""
    whole, here = path.resolve(), Path.cwd().resolve()
    named = whole.relative_to(here) if whole.is_relative_to(here) else whole
    return Place(named.as_posix(), line)


def find_told_line(verdict: Verdict, result: Check, path: Path) -> Place | None:
    """Return the line of the user's own that a cause, an error or a step between layers names."""
    cause = verdict.cause or {}
    texts = []
    if cause.get("edited") == "port":
        texts.append(DIFF.search(cause.get("diff", "")))
    texts.append(RAISED.search(verdict.message))
    for row in result.details.layers if result.details else ():
        if row.port is not None and verdict.component in row.components:
            texts.append(LINE.fullmatch(row.port.type))
    folder = path if path.is_dir() else path.parent
    for match in filter(None, texts):
        file = folder / Path(match["file"]).name
        if file.is_file():
            return name_place(file, int(match["line"]))
    return None


def find_definition(
    verdict: Verdict,
    result: Check,
    target: Target,
    names: Mapping[str, str],
    lines: Mapping[str, int],
) -> int | None:
    """Return the line at which what a verdict is of is defined."""
    for row in result.details.layers if result.details else ():
        if row.port is not None and verdict.component in row.components:
            # of "block.0", a part of a Sequential, the line that makes the block
            parts = [part for name in row.port.name.split(", ") for part in name.split(".")[::-1]]
            told = (lines.get(f"self.{part}") for part in parts)
            if line := next(filter(None, told), None):
                return line
    wanted = [names.get(verdict.component, verdict.component)]
    if not result.against:
        from ..chapter.contract import COMPONENTS

        component = COMPONENTS.get(verdict.component)
        wanted = list(component.needs) if component is not None else []
    if result.models:
        wanted = []
    found = (lines.get(name) for one in wanted for name in list_spellings(one, result, target))
    return next(filter(None, found), lines.get(target.name or ""))


def list_spellings(wanted: str, result: Check, target: Target) -> Iterator[str]:
    """Yield the names that the port may have something under, the likeliest first."""
    notes = (TAKEN.match(note) for note in result.notes)
    taken = {m["wanted"]: m["mine"].replace("()", "") for m in notes if m}
    kind, dot, method = wanted.partition(".")
    own = taken.get(kind, target.name or kind if kind == "TwoLayerNet" else kind)
    if wanted in taken:
        yield f"{own}.{taken[wanted]}"
        yield taken[wanted]
    yield wanted
    yield f"{own}{dot}{method}"
    yield own


def read_definitions(path: Path) -> dict[str, int]:
    """Return the lines at which a file defines names, methods and layers ("self.conv"); {} if none.

    A layer's is where an attribute or a `name=` of it stands first.
    """
    if path.suffix != ".py" or not path.is_file():
        return {}
    try:
        tree = parse_source(read_source(path), path)
    except (TargetError, OSError):  # told by the check
        return {}
    lines: dict[str, int] = {}
    for node in flatten_statements(tree.body):
        for name in list_names(node):
            lines[name] = node.lineno
        if isinstance(node, ast.ClassDef):
            methods = [n for n in node.body if isinstance(n, ast.FunctionDef)]
            lines |= {f"{node.name}.{one.name}": one.lineno for one in methods}
    for inner in ast.walk(tree):
        for name in list_layer_names(inner):
            lines.setdefault(f"self.{name}", getattr(inner, "lineno", 1))
    return lines


def list_names(node: ast.stmt) -> list[str]:
    """Return what a statement binds."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name for alias in node.names]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [one.id for one in targets if isinstance(one, ast.Name)]


def list_layer_names(node: ast.AST) -> list[str]:
    """Return the layers that a node names: `self.conv = ...`, `Conv2D(..., name="conv")`."""
    if isinstance(node, ast.Assign):
        return [one.attr for one in node.targets if isinstance(one, ast.Attribute)]
    if isinstance(node, ast.Call):
        values = [word.value for word in node.keywords if word.arg == "name"]
        return [v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)]
    return []
