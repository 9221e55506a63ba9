"""What the chapter adds to the report of a run: its pictures, Rosetta, and what it prints."""

from pathlib import Path

from markupsafe import Markup

from ...judging.results import Run
from ...report.additions import Panel, ReportAdditions
from ...report.html import render_page, render_template
from .accuracies import PRINTED_SOURCE, find_printed_accuracies
from .pictures import build_pictures
from .rosetta import collect_rosetta, render_conventions

TEMPLATE_FOLDER = Path(__file__).parent / "templates"
INTRODUCTION = Markup(
    'Learning from the chapter? Begin with <a href="#pictures">its pictures</a>, then read '
    '<a href="#rosetta">the three implementations side by side</a>.'
)


def build_chapter_additions(run: Run) -> ReportAdditions:
    """Return what the chapter adds to the report of a run, made of its results alone."""
    rosetta, pictures = collect_rosetta(run), build_pictures(run)
    content = {"rosetta": rosetta, "pictures": pictures, "run": run}
    figures = {chart.name: chart.figure for chart in pictures.charts}
    bodies = [
        Markup(render_template(f"{name}.html.j2", TEMPLATE_FOLDER, **content))
        for name in ("rosetta", "pictures")
    ]
    # the Rosetta part as a page of its own too: small, to be linked to
    page = render_page("rosetta_page.html.j2", ("fold.js",), None, TEMPLATE_FOLDER, **content)
    return ReportAdditions(
        (
            Panel("rosetta", "Rosetta", bodies[0]),
            Panel("pictures", "Pictures", bodies[1], figures),
        ),
        render_conventions(rosetta),
        {"rosetta.html": page},
        find_printed_accuracies(run),
        PRINTED_SOURCE,
        INTRODUCTION,
    )
