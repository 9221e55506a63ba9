"""What a reference of the user's own adds to its report: the sources, and what is left to say."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from ..judging.results import Run
from .additions import Panel, ReportAdditions
from .html import render_template
from .markup import escape_markdown
from .wording import format_list

Rows = list[tuple[str, str]]


def build_own_additions(run: Run) -> ReportAdditions:
    """Return the sections that the report has beside matrix and findings, from results alone."""
    notes = collect_notes(run)
    functions = list(describe_functions(run))
    content: dict[str, Any] = {"run": run, "notes": notes, "functions": functions}
    bodies = [
        Markup(render_template(f"own_{name}.html.j2", **content)) for name in ("notes", "sources")
    ]
    panels = Panel("notes", "Notes", bodies[0]), Panel("sources", "Sources", bodies[1])
    return ReportAdditions(panels, tuple(format_notes(notes)))


def collect_notes(run: Run) -> dict[str, Rows]:
    """Return what is said of no single finding, by title, each with where: empty parts left out."""
    parts: dict[str, Rows] = {
        "Not compared": list_not_compared(run),
        "Undecidable in part": [
            (f"{v.port}, {v.component} ({v.dtype})", v.message)
            for v in run.verdicts
            if v.passed and v.undecided
        ],
        "Notes": [
            (f"{one['port']}, {one['file']}", note)
            for one in run.against["checks"]
            for note in one["notes"]
            if not note.startswith("no inputs for ")  # told above
        ],
        "Edits that the inputs would not show": [
            (f"{fault['component']}", f"{fault['name']}: {fault['case']} would show it")
            for one in run.against["checks"]
            for fault in one["blind_to"]
        ],
    }
    return {title: rows for title, rows in parts.items() if rows}


def list_not_compared(run: Run) -> Rows:
    """Return the functions of each side that were held against nothing."""
    functions = run.against["functions"]
    rows = [(run.owner, note) for note in run.against["notes"]]
    silent = [function["name"] for function in functions if function["note"] == "no inputs"]
    if silent:
        rows.append((run.owner, f"no inputs were given for {format_list(silent)}"))
    for port in dict.fromkeys(p.port for p in run.ports):
        own = [v for v in run.verdicts if v.port == port]
        missing = list(dict.fromkeys(v.component for v in own if v.status == "missing"))
        if missing:
            rows.append((port, f"does not offer {', '.join(missing)}"))
    for one in run.against["checks"]:
        where = f"{one['port']}, {one['file']}"
        if one["hindrance"]:
            rows.append((where, one["hindrance"]))
        told = [
            f"{left['name']} (did you mean {left['meant']}?)" if left["meant"] else left["name"]
            for left in one["not_looked_at"]
        ]
        if told:
            rows.append((where, f"has no counterpart in the reference: {', '.join(told)}"))
    return rows


def describe_functions(run: Run) -> Iterator[dict[str, Any]]:
    """Yield the functions with their sources, and which ports have nothing to show."""
    ports = list(dict.fromkeys(p.port for p in run.ports))
    for function in run.against["functions"]:
        shown = {source["port"] for source in function["sources"]}
        without = [port for port in ports if port not in shown]
        told = f"none in {format_list(without)}" if without else ""
        yield {**function, "told": told}


def format_notes(notes: dict[str, Rows]) -> Iterator[str]:
    """Yield the same in Markdown."""
    if notes:
        yield "## What else was found"
    for title, rows in notes.items():
        lines = [f"- **{escape_markdown(where)}** {escape_markdown(told)}" for where, told in rows]
        yield f"### {title}"
        yield "\n".join(lines)
