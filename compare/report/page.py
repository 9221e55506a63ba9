"""The page of a run."""

from ..judging.results import Run
from . import cross_port, epochs, findings, matrix, settings, training
from .additions import NOTHING_ADDED, ReportAdditions
from .cards import build_cards, list_key_figures
from .charts import build_charts
from .html import render_page
from .sentence import build_verdict_sentence
from .series import build_series
from .wording import STATUS_STYLES, format_number


def render_html(run: Run, added: ReportAdditions = NOTHING_ADDED) -> str:
    """Return the report of a run as one page. The same run gives the same text.

    added: what the suite and the run's folder add to it.
    """
    lines = build_series(run)
    drawn = build_charts(run, added.printed)
    found = findings.build_findings(run)
    flat = findings.flatten_findings(found)
    figures = {chart.name: chart.figure for chart in drawn if not chart.empty}
    figures |= {f.map.name: f.map.figure for f in flat if f.map}
    for panel in added.panels:
        figures |= panel.figures
    return render_page(
        "page.html.j2",
        ("fold.js", "page.js"),
        figures,
        run=run,
        sentence=build_verdict_sentence(run),
        note=settings.format_data_note(run),
        panels=added.panels,
        cards=build_cards(run),
        glance=list_key_figures(run),
        matrix=matrix.build_matrix(run),
        anchors={id(f.verdict): f.anchor for f in flat},
        legend=STATUS_STYLES.values(),
        lines=lines,
        trained=[training.build_training_row(line) for line in lines],
        charts=drawn,
        any_chart=bool(figures),
        epochs=epochs.build_epoch_table(run, added.printed),
        printed_source=added.source,
        pairs=cross_port.format_rows(run),
        pairs_heads=cross_port.HEADINGS,
        pairs_note=cross_port.TABLE_NOTE,
        findings=found,
        tables=settings.build_setting_tables(run),
        number=format_number,
    )
