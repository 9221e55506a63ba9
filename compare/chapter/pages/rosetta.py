"""The Rosetta page: formula, the implementations side by side, the conventions that were run."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.etree import ElementTree

from markupsafe import Markup

from ...judging.results import Run
from ...report.markup import render_table
from ...report.wording import clean_text

MAX_SOURCES = 5  # implementations side by side: the three twins, and two more


@dataclass(frozen=True)
class SourceExcerpt:
    """One implementation.

    code: highlighted.
    """

    port: str
    location: str
    code: Markup


@dataclass(frozen=True)
class ExampleTable:
    """rows: a port, and what it gave in each dtype."""

    case: str
    inputs: tuple[tuple[str, str], ...]
    truth: str
    rows: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


@dataclass(frozen=True)
class RosettaSection:
    """One function of the chapter: its formula, its sources and what the ports gave."""

    anchor: str
    name: str
    section: str
    formula: Markup
    latex: str
    sources: tuple[SourceExcerpt, ...]
    examples: tuple[ExampleTable, ...]


@dataclass(frozen=True)
class ConventionCell:
    """The code for one convention, and what it gave.

    raised: whether that was an error.
    """

    code: str
    shown: str
    raised: bool


@dataclass(frozen=True)
class ConventionRow:
    """One convention.

    cells: None for a framework that was not asked.
    """

    question: str
    cells: tuple[ConventionCell | None, ...]

    @property
    def has_differences(self) -> bool:
        """Tell whether two of the answers are not the same."""
        return len({cell.shown.strip("[]") for cell in self.cells if cell}) > 1


@dataclass(frozen=True)
class Rosetta:
    """frameworks: name and versions, a column each. topics: a title and its rows."""

    entries: tuple[RosettaSection, ...]
    frameworks: tuple[tuple[str, str], ...]
    topics: tuple[tuple[str, tuple[ConventionRow, ...]], ...]

    @property
    def empty(self) -> bool:
        """Say whether there is nothing to show."""
        return not self.entries and not self.topics


def build_rosetta(run: Run) -> Rosetta:
    """Return the page's content; empty for a run that kept nothing of it."""
    record = run.rosetta
    versions = record.get("versions") or {}
    frameworks = tuple(
        (name, ", ".join(f"{k} {v}" for k, v in found.items())) for name, found in versions.items()
    )
    topics: dict[str, list[ConventionRow]] = {}
    for row in record.get("conventions") or []:
        cells = {name: ConventionCell(**cell) for name, cell in row["cells"].items()}
        found = tuple(cells.get(name) for name, _ in frameworks)
        topics.setdefault(row["topic"], []).append(ConventionRow(row["question"], found))
    return Rosetta(
        tuple(build_section(found) for found in record.get("entries") or []),
        frameworks,
        tuple((topic, tuple(rows)) for topic, rows in topics.items()),
    )


def render_conventions(found: Rosetta) -> tuple[str, ...]:
    """Return the table of conventions that the run executed, for Markdown; nothing without any."""
    if not found.topics:
        return ()
    heads = ["", "convention", *(versions or name for name, versions in found.frameworks)]
    rows = [
        (topic, row.question, *(cell.shown if cell else "–" for cell in row.cells))
        for topic, group in found.topics
        for row in group
    ]
    return (
        "## Where the frameworks' conventions differ",
        "Every cell was run in this environment; `report.html` shows the code.",
        render_table(heads, rows, "l" * len(heads)),
    )


def build_section(record: dict[str, Any]) -> RosettaSection:
    """Return one component."""
    name = record["name"]
    return RosettaSection(
        "rosetta-" + "".join(c if c.isalnum() else "-" for c in name),
        name,
        record["section"],
        render_mathml(record["formula"]),
        record["formula"],
        tuple(
            SourceExcerpt(s["port"], f"{s['file']}:{s['line']}", highlight_code(s["code"]))
            for s in record["sources"][:MAX_SOURCES]
        ),
        tuple(build_example(found) for found in record["examples"]),
    )


def build_example(record: dict[str, Any]) -> ExampleTable:
    """Return one of the chapter's examples, by port."""
    rows: dict[str, list[tuple[str, str]]] = {}
    for value in record["values"]:
        rows.setdefault(value["port"], []).append((value["dtype"], value["value"]))
    return ExampleTable(
        record["case"],
        tuple(record["inputs"].items()),
        record["truth"],
        tuple((port, tuple(found)) for port, found in rows.items()),
    )


@cache
def render_mathml(latex: str) -> Markup:
    r"""Return a formula as MathML, which browsers set; as it is, where that is not all it holds.

    >>> render_mathml("x^2")[:5]
    Markup('<math')
    >>> render_mathml(r"\text{<script>}")
    Markup('<code>\\text{&lt;script&gt;}</code>')
    """
    from latex2mathml.converter import convert

    try:
        made = convert(latex, display="block")
        elements = list(ElementTree.fromstring(made).iter())
    except Exception:  # noqa: BLE001  # the converter has no error of its own
        elements = []
    # The converter lets markup inside text through: a formula holds m... elements and no more.
    if elements and all(is_harmless(element) for element in elements):
        return Markup(made)
    return Markup("<code>{}</code>").format(latex)


def is_harmless(element: ElementTree.Element) -> bool:
    """Tell whether an element is one of MathML's own, with nothing in it that acts."""
    name = element.tag.removeprefix("{http://www.w3.org/1998/Math/MathML}")
    acting = [key for key in element.attrib if key.startswith("on") or key.endswith("href")]
    return re.fullmatch("m[a-z]+", name) is not None and not acting


# Names and signs are most of a text and look like all the rest: spans of theirs would only cost.
PLAIN_SPAN = re.compile(r'<span class="(?:n|p|o|w|bp)">([^<]*)</span>')


@cache
def highlight_code(code: str) -> Markup:
    r"""Python code as spans with a class for each kind of token; its text is escaped.

    >>> highlight_code("x = '<b>'")
    Markup('x = <span class="s1">\'&lt;b&gt;\'</span>')
    """
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    marked = PLAIN_SPAN.sub(
        r"\1", highlight(clean_text(code), PythonLexer(), HtmlFormatter(nowrap=True))
    )
    lines = marked.splitlines(keepends=True)
    for first, last in find_docstrings(clean_text(code)):  # no token crosses the end of a line
        lines[first - 1] = '<span class="docs">' + lines[first - 1]
        lines[last - 1] += "</span>"
    return Markup("".join(lines).rstrip("\n"))


def find_docstrings(code: str) -> list[tuple[int, int]]:
    r"""Return the first and the last line of each docstring, from 1; none in what is not Python.

    >>> find_docstrings("def f():\n    'a'\n    return 1")
    [(2, 2)]
    """
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except (SyntaxError, ValueError):
        return []
    bodies = [n.body for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    return [
        (body[0].lineno, body[0].end_lineno or body[0].lineno)
        for body in bodies
        if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    ]
