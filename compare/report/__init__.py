"""A run's results as a report people can read: pure functions from `Run` to text.

No framework is imported, no clock and no chance asked: the same results give the same bytes.
"""

from pathlib import Path

from compare.report.markdown import render_markdown
from compare.report.page import render_html, render_rosetta
from compare.report.plots import draw
from compare.results import Run

__all__ = ["render_html", "render_markdown", "write_reports"]


def write_reports(folder: Path) -> list[Path]:
    """Write report.html, report.md and the plots it links to beside the results in folder.

    Returns the paths written. Raises what `Run.load` raises for a folder that holds no run.
    """
    folder = Path(folder)
    run = Run.load(folder)
    drawn = draw(run)
    files = {folder / "plots" / f"{plot.name}.svg": plot.svg for plot in drawn}
    # The pages come last: whoever sees one finds its plots in place.
    files[folder / "report.md"] = render_markdown(run, drawn).encode("utf-8")
    files[folder / "rosetta.html"] = render_rosetta(run).encode("utf-8")
    files[folder / "report.html"] = render_html(run).encode("utf-8")
    for path, content in files.items():
        write_whole(path, content)
    return list(files)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a reader never meets half a report."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
