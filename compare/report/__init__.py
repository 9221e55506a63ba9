"""A run's results as a report people can read: pure functions from `Run` to text.

No framework is imported, no clock and no chance asked: the same results give the same bytes.
"""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from ..execution.files import write_atomically
from ..judging.results import Run
from .additions import NOTHING_ADDED, ReportAdditions
from .document import render_json
from .junit import render_junit
from .markdown import render_markdown
from .notebook import render_notebook
from .page import render_html
from .plots import draw_plots
from .rows import render_csv

__all__ = [
    "DEFAULT_FORMATS",
    "FORMATS",
    "Run",
    "render_html",
    "render_junit",
    "render_markdown",
    "render_notebook",
    "write_reports",
]

AdditionsGetter = Callable[[], ReportAdditions]


def render_markdown_files(run: Run, add: AdditionsGetter) -> dict[str, bytes]:
    """Return report.md behind its plots: whoever sees the page finds them in place."""
    drawn = draw_plots(run)
    files = {f"plots/{plot.name}.svg": plot.svg for plot in drawn}
    return files | {"report.md": render_markdown(run, drawn, add()).encode("utf-8")}


def render_html_files(run: Run, add: AdditionsGetter) -> dict[str, bytes]:
    """Return report.html behind all that it leads to."""
    files = {name: text.encode("utf-8") for name, text in add().files.items()}
    return files | {"report.html": render_html(run, add()).encode("utf-8")}


# What can be asked for, and the files that it gives.
FORMATS: dict[str, Callable[[Run, AdditionsGetter], dict[str, bytes]]] = {
    "html": render_html_files,
    "md": render_markdown_files,
    "junit": lambda run, add: {"report.xml": render_junit(run).encode("utf-8")},
    "json": lambda run, add: {"report.json": render_json(run).encode("utf-8")},
    "csv": lambda run, add: {"verdicts.csv": render_csv(run).encode("utf-8")},
}
DEFAULT_FORMATS = ("md", "junit", "html")


def write_reports(
    folder: Path,
    formats: Sequence[str] = DEFAULT_FORMATS,
    make_additions: Callable[[Run, Path], ReportAdditions] = lambda run, folder: NOTHING_ADDED,
) -> list[Path]:
    """Write the reports of these formats beside the results in folder; return their paths.

    make_additions: what the suite and the folder add to the report.

    Raises what `Run.load` raises for a folder that holds no run.
    """
    run = Run.load(folder)
    add = cache(lambda: make_additions(run, folder))
    written = []
    for name in formats:
        for file, content in FORMATS[name](run, add).items():
            with write_atomically(folder / file) as out:
                out.write(content)
            written.append(folder / file)
    return written
