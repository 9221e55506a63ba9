"""The reports of a run of the chapter: the harness's, the chapter's pages, and what lies beside."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..chapter.pages import build_chapter_additions
from ..judging.results import Run, Trace
from ..ports.extras import MissingPackageError
from ..report import DEFAULT_FORMATS, render_html, render_markdown, write_reports
from ..report.additions import ReportAdditions
from ..report.own_suite import build_own_additions
from ..report.plots import draw_plots
from ..study.beside import find_panels


def make_additions(run: Run, folder: Path) -> ReportAdditions:
    """Return what the chapter, and what lies in the run's folder, add to its report.

    Of a reference of the user's own: its sources, and what else its checks say.
    """
    if run.against:
        return build_own_additions(run)
    chapter = build_chapter_additions(run)
    return replace(chapter, panels=(*chapter.panels, *find_panels(folder)))


def write_run_reports(
    folder: Path,
    formats: Sequence[str] = DEFAULT_FORMATS,
    warn: Callable[[str], None] | None = None,
) -> list[Path]:
    """Write the reports of these formats beside the results in folder; see `write_reports`."""
    return write_reports(folder, formats, make_additions, warn)


def preload_renderers() -> None:
    """Load what a report is made with, in a second that may pass beside something else."""
    two = np.ones(2)
    run = Run({}, {}, {}, traces=[Trace("", "float32", *[two] * 6)])
    with suppress(MissingPackageError):  # what is missing is told where the report is written
        added = build_chapter_additions(run)
        render_markdown(run, draw_plots(run), added)
        render_html(run, added)
