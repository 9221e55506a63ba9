"""A study as pages: study.html, study.md and its plots. Pure but for `write_pages`."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..report import write_files
from ..report.html import render_page, render_template
from ..report.plots import Plot
from . import text
from .charts import build_study_charts, draw_study_plots
from .results import Study

TEMPLATE_FOLDER = Path(__file__).parent / "templates"


def render_study(study: Study) -> str:
    """Return the study as one page that opens offline. The same study gives the same text."""
    drawn = build_study_charts(study)
    tone, headline = text.format_study_headline(study)
    return render_page(
        "study.html.j2",
        ("page.js",),
        {chart.name: chart.figure for chart in drawn if not chart.empty},
        TEMPLATE_FOLDER,
        study=study,
        tone=tone,
        headline=headline,
        charts=drawn,
        words=text,
    )


def render_study_markdown(study: Study, plots: list[Plot]) -> str:
    """Return the study for GitHub: the same sentences, a table, and the plots."""
    rows = [describe_port(study, port) for port in study.ports]
    return render_template(
        "study.md.j2", TEMPLATE_FOLDER, study=study, plots=plots, words=text, rows=rows
    )


def describe_port(study: Study, port: str) -> tuple[str, ...]:
    """Return the row of a port in the table."""
    good = study.of(port)
    start = (port, str(len(good)), str(sum(outcome.port == port for outcome in study.failed)))
    if not good:
        return (*start, "–", "–", "–", "–")
    reached = [run.measure(study.settings["steps"]) for run in good]
    never = sum(run.reached is None for run in good)
    return (
        *start,
        format_mean_and_deviation([run.measure(None) for run in good], 2),
        f"{'≥ ' * bool(never)}{format_mean_and_deviation(reached, 0)}",
        str(never),
        f"{sum(run.train_s for run in good) / len(good):.1f}",
    )


def format_mean_and_deviation(values: Sequence[float], digits: int) -> str:
    """Mean ± standard deviation.

    >>> format_mean_and_deviation([1.0, 3.0], 1), format_mean_and_deviation([5.0], 1)
    ('2.0 ± 1.4', '5.0')
    """
    mean = f"{np.mean(values):.{digits}f}"
    return f"{mean} ± {np.std(values, ddof=1):.{digits}f}" if len(values) > 1 else mean


def write_pages(study: Study, folder: Path) -> list[Path]:
    """Write study.html, study.md and the plots into folder; returns the paths."""
    plots = draw_study_plots(study)
    files = {f"plots/{plot.name}.svg": plot.svg for plot in plots}
    pages = {"study.md": render_study_markdown(study, plots), "study.html": render_study(study)}
    return write_files(folder, {**files, **pages})
