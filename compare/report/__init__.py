"""A run's results as a report people can read: pure functions from `Run` to text.

No framework is imported, no clock and no chance asked: the same results give the same bytes.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ..judging.results import Run, Trace
from .beside import find_panels
from .document import render_json
from .junit import render_junit
from .markdown import render_markdown
from .page import render_html, render_rosetta
from .plots import draw_plots
from .rows import render_csv

__all__ = [
    "FORMATS",
    "preload_renderers",
    "render_html",
    "render_junit",
    "render_markdown",
    "write_reports",
]


def render_markdown_files(run: Run, folder: Path) -> dict[str, bytes]:
    """The plots first: whoever sees the page finds them in place."""
    drawn = draw_plots(run)
    files = {f"plots/{plot.name}.svg": plot.svg for plot in drawn}
    return files | {"report.md": render_markdown(run, drawn).encode("utf-8")}


def render_html_files(run: Run, folder: Path) -> dict[str, bytes]:
    """The page last: whoever sees it finds what it leads to in place."""
    return {
        "rosetta.html": render_rosetta(run).encode("utf-8"),
        "report.html": render_html(run, find_panels(folder)).encode("utf-8"),
    }


# What can be asked for, and the files that it gives, of a run in a folder.
FORMATS: dict[str, Callable[[Run, Path], dict[str, bytes]]] = {
    "html": render_html_files,
    "md": render_markdown_files,
    "junit": lambda run, folder: {"report.xml": render_junit(run).encode("utf-8")},
    "json": lambda run, folder: {"report.json": render_json(run).encode("utf-8")},
    "csv": lambda run, folder: {"verdicts.csv": render_csv(run).encode("utf-8")},
}
DEFAULT_FORMATS = ("md", "junit", "html")


def write_reports(folder: Path, formats: Sequence[str] = DEFAULT_FORMATS) -> list[Path]:
    """Write the reports of these formats beside the results in folder.

    Returns the paths written. Raises what `Run.load` raises for a folder that holds no run.
    """
    folder = Path(folder)
    run = Run.load(folder)
    written = []
    for name in formats:
        for file, content in FORMATS[name](run, folder).items():
            write_atomically(folder / file, content)
            written.append(folder / file)
    return written


def preload_renderers() -> None:
    """Load what a report is made with, fonts and templates, by making one of a run of two steps.

    It takes a second, which may pass beside something else.
    """
    two = np.ones(2)
    trace = Trace("", "float32", *[two] * 6)
    run = Run(settings={}, data={}, environment={}, traces=[trace])
    render_markdown(run, draw_plots(run))
    render_html(run)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a reader never meets half a report."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
