"""A run's results as a report people can read: pure functions from `Run` to text.

No framework is imported, no clock and no chance asked: the same results give the same bytes.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

from ..execution.files import write_atomically
from ..judging.results import Run
from ..ports.extras import MissingPackageError
from . import check_notebook  # noqa: F401  # a check shows itself in a notebook
from .additions import NOTHING_ADDED, ReportAdditions
from .data_formats import render_csv, render_json
from .junit import render_junit
from .page import render_html, render_markdown, render_notebook
from .plots import draw_plots
from .training_curves import render_curves_csv, render_tensorboard

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
Files = Mapping[str, str | bytes]


def render_markdown_files(run: Run, add: AdditionsGetter) -> Files:
    """Return report.md behind its plots: whoever sees the page finds them in place."""
    drawn = draw_plots(run)
    plots = {f"plots/{plot.name}.svg": plot.svg for plot in drawn}
    return {**plots, "report.md": render_markdown(run, drawn, add())}


# What can be asked for, and the files that it gives: a page stands behind all that it leads to.
FORMATS: dict[str, Callable[[Run, AdditionsGetter], Files]] = {
    "html": lambda run, add: {**add().files, "report.html": render_html(run, add())},
    "md": render_markdown_files,
    "junit": lambda run, add: {"report.xml": render_junit(run)},
    "json": lambda run, add: {"report.json": render_json(run)},
    "csv": lambda run, add: {
        "verdicts.csv": render_csv(run),
        "curves.csv": render_curves_csv(run),
    },
    "tensorboard": lambda run, add: render_tensorboard(run),
}
DEFAULT_FORMATS = ("md", "junit", "html")


def write_reports(
    folder: Path,
    formats: Sequence[str] = DEFAULT_FORMATS,
    make_additions: Callable[[Run, Path], ReportAdditions] = lambda run, folder: NOTHING_ADDED,
    warn: Callable[[str], None] | None = None,
) -> list[Path]:
    """Write the reports of these formats beside the results in folder; return their paths.

    make_additions: what the suite and the folder add to the report.
    warn: told of each format that needs a package which is not installed; the others are written.

    Raises what `Run.load` raises for a folder that holds no run, and, without warn,
    MissingPackageError.
    """
    run = Run.load(folder)
    add = cache(lambda: make_additions(run, folder))
    paths: list[Path] = []
    for name in formats:
        try:
            paths += write_files(folder, FORMATS[name](run, add))
        except MissingPackageError as error:
            if warn is None:
                raise
            warn(f"no {name} report: {error}, then trueport report {folder}")
    return paths


def write_files(folder: Path, files: Files) -> list[Path]:
    """Write files into a folder, each whole or not at all; return their paths."""
    for name, content in files.items():
        with write_atomically(folder / name) as out:
            out.write(content.encode() if isinstance(content, str) else content)
    return [folder / name for name in files]
