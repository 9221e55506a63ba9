"""What the chapter adds to the report of a run: its pictures, Rosetta, and what it prints."""

from pathlib import Path

from markupsafe import Markup

from ...judging.results import Run
from ...report.additions import Panel, ReportAdditions
from ...report.html import render_page, render_template
from .accuracies import PRINTED_SOURCE, find_printed_accuracies
from .pictures import build_pictures
from .rosetta import build_rosetta, render_conventions

TEMPLATE_FOLDER = Path(__file__).parent / "templates"


def build_chapter_additions(run: Run) -> ReportAdditions:
    """Return what the chapter adds to the report of a run, made of its results alone."""
    rosetta, pictures = build_rosetta(run), build_pictures(run)
    panels = (
        Panel("rosetta", "Rosetta", fill("rosetta.html.j2", rosetta=rosetta)),
        Panel(
            "pictures",
            "Pictures",
            fill("pictures.html.j2", pictures=pictures),
            {chart.name: chart.figure for chart in pictures.charts},
        ),
    )
    # the Rosetta part as a page of its own too: small, to be linked to
    page = render_page(
        "rosetta_page.html.j2", ("fold.js",), None, TEMPLATE_FOLDER, run=run, rosetta=rosetta
    )
    return ReportAdditions(
        panels,
        render_conventions(rosetta),
        {"rosetta.html": page},
        find_printed_accuracies(run),
        PRINTED_SOURCE,
    )


def fill(template: str, **content: object) -> Markup:
    """Return one of the chapter's templates, filled in."""
    return Markup(render_template(template, TEMPLATE_FOLDER, **content))
