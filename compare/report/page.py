"""A run as a page, as Markdown that renders on GitHub, and as a notebook's cell shows it."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..judging.results import PortRun, Run
from . import tables
from .additions import NOTHING_ADDED, ReportAdditions
from .charts import build_charts
from .figure import PlotlyFigure
from .findings import Finding, build_findings, flatten_findings
from .html import render_page, render_template
from .matrix import build_matrix, find_columns
from .plots import Plot
from .sentence import build_verdict_sentence
from .series import build_series
from .wording import list_styles

DIFFERENCES = ("loss-difference", "param-distance")  # charts that stand beside the matrix


def render_html(run: Run, added: ReportAdditions = NOTHING_ADDED) -> str:
    """Return the report of a run as one page, what is added to it included."""
    content = collect_content(run, added)
    if run.against:
        return render_own_page(content, added)
    lines, drawn = build_series(run), build_charts(run, added.printed)
    figures = {chart.name: chart.figure for chart in drawn if not chart.empty}
    ahead = [chart for chart in drawn if chart.name in DIFFERENCES and not chart.empty]
    figures |= collect_figures(content["findings"], added)
    return render_page(
        "page.html.j2",
        ("fold.js", "page.js"),
        figures,
        **content,
        panels=added.panels,
        lines=lines,
        trained=[line.describe_training() for line in lines],
        ahead=ahead,
        charts=[chart for chart in drawn if chart not in ahead],
        any_chart=bool(figures),
    )


def render_own_page(content: Mapping[str, Any], added: ReportAdditions) -> str:
    """Return the page of a reference of the user's own: no curves, no epochs."""
    figures = collect_figures(content["findings"], added)
    scripts = ("fold.js", "page.js")
    return render_page("own_page.html.j2", scripts, figures, **content, panels=added.panels)


def collect_figures(
    findings: list[tuple[str, list[Finding]]], added: ReportAdditions
) -> dict[str, PlotlyFigure]:
    """Return the figures of the findings and of the panels, by name."""
    figures = {f.map.name: f.map.figure for f in flatten_findings(findings) if f.map}
    for panel in added.panels:
        figures |= panel.figures
    return figures


def render_markdown(
    run: Run, plots: Sequence[Plot] = (), added: ReportAdditions = NOTHING_ADDED
) -> str:
    """Return it as Markdown. plots: those that lie in `plots/` beside the file, to be linked."""
    content = collect_content(run, added)
    template = "own_report.md.j2" if run.against else "report.md.j2"
    return render_template(template, **content, plots=plots, added_markdown=added.markdown)


def render_notebook(run: Run) -> str:
    """Return what a notebook shows for a run: no script, no style of the page."""
    sentence, matrix = build_verdict_sentence(run), build_matrix(run)
    return render_template("notebook.html.j2", sentence=sentence, matrix=matrix)


def collect_content(run: Run, added: ReportAdditions) -> dict[str, Any]:
    """Return what the page and the Markdown both show."""
    cards: dict[str, list[PortRun]] = {}
    for column in find_columns(run):
        if column.run is not None:
            cards.setdefault(column.port, []).append(column.run)
    findings = build_findings(run)
    return {
        "run": run,
        "sentence": build_verdict_sentence(run),
        "note": tables.format_data_note(run),
        "matrix": (matrix := build_matrix(run)),
        "heads": ("file", "function") if run.against else ("gate", "component"),
        "legend": list_styles([cell.style.name for cell in matrix.cells]),
        "cards": cards,
        "accuracies": (accuracies := tables.find_last_accuracies(run)),
        "one_accuracy": len(set(accuracies.values())) == 1,  # the verdict has it
        "introduction": added.introduction,
        "epochs": tables.build_epoch_table(run, added.printed),
        "printed_source": added.source,
        "pairs": [tables.format_pair(pair) for pair in run.pairs],
        "pairs_heads": tables.PAIR_HEADS,
        "pairs_note": tables.PAIRS_NOTE,
        "findings": findings,
        "anchors": {id(f.verdict): f.anchor for f in flatten_findings(findings)},
        "glance": tables.list_key_figures(run),
        "passes": tables.count_passes(run),
        "tables": tables.build_setting_tables(run),
    }


Run._repr_html_ = render_notebook
