"""What others add to the report of a run: the suite it was a run of, and what lies beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from .figure import PlotlyFigure


@dataclass(frozen=True)
class Panel:
    """A section of the page."""

    anchor: str  # its id
    title: str  # in the page's navigation
    body: Markup  # HTML, escaped already
    figures: Mapping[str, PlotlyFigure] = field(default_factory=dict)  # that it shows, by name


@dataclass(frozen=True)
class PrintedAccuracy:
    """A line of the experiment's own source."""

    steps: int  # updates done when it was printed
    train_acc: float
    test_acc: float


@dataclass(frozen=True)
class ReportAdditions:
    """Everything that is added to the report of one run."""

    panels: tuple[Panel, ...] = ()
    markdown: tuple[str, ...] = ()  # paragraphs of report.md
    files: Mapping[str, str] = field(default_factory=dict)  # pages of their own, by name
    # what the source of this very experiment prints, nothing for another; and where
    printed: tuple[PrintedAccuracy, ...] = ()
    source: str = ""
    introduction: str = ""  # HTML below the verdict: where to begin to read


NOTHING_ADDED = ReportAdditions()
