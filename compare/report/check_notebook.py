"""A check as a notebook shows it: the table, and what there is to say. Pure."""

from collections.abc import Iterator

from ..judging.check import Check
from .check_formats import format_table_cell
from .check_text import (
    find_missing_components,
    format_check_headline,
    format_names,
    format_not_looked_at,
    format_surviving_edits,
    format_surviving_faults,
    group_not_comparable,
    select_findings,
)
from .html import render_template
from .same_cause import share_findings
from .text import format_finding
from .wording import get_status_style


def render_check_notebook(result: Check) -> str:
    """Return HTML without a script or a style of the page, every text in it escaped."""
    lacking = find_missing_components(result)
    dtypes = list(dict.fromkeys(v.dtype for v in result.verdicts))
    cells = {
        (v.component, v.dtype): (get_status_style(v).name, format_table_cell(v, result))
        for v in result.verdicts
    }
    names = dict.fromkeys(v.component for v in result.verdicts if v.component not in lacking)
    findings = []
    for shared in share_findings(select_findings(result)):
        lines = [*format_finding(shared.verdict, result.framework, result.accepted)]
        findings.append((lines[0], "\n".join([*lines[1:], *shared.format_others()])))
    return render_template(
        "check_notebook.html.j2",
        result=result,
        headline=format_check_headline(result),
        dtypes=dtypes,
        rows=[(n, [cells.get((n, dtype), ("", "")) for dtype in dtypes]) for n in names],
        above=list(list_remarks(result, lacking)),
        findings=findings,
    )


def list_remarks(result: Check, lacking: list[str]) -> Iterator[str]:
    """Yield what is said beside the table, a sentence each."""
    if lacking:
        yield f"Not offered: {format_names(lacking)}."
    for names, reason in group_not_comparable(result):
        yield f"Not comparable: {format_names(names)}: {reason}"
    if result.hindrance:
        yield f"Not comparable: {result.hindrance}"
    if result.not_looked_at:
        told = format_not_looked_at(result.not_looked_at)
        yield f"{told[0].upper()}{told[1:]}"
    for limit in result.limits:
        yield f"Limit: {limit.text}"
    tell = format_surviving_edits if result.against else format_surviving_faults
    if blind := tell(result.surviving_faults):
        yield f"Blind to: {blind}"
    for note in result.notes:
        yield f"Note: {note}"


Check._repr_html_ = render_check_notebook
