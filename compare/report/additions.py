"""What others add to the report of a run: the suite it was a run of, and what lies beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from .figure import PlotlyFigure


@dataclass(frozen=True)
class Panel:
    """A section of the page.

    anchor: its id.
    title: in the page's navigation.
    body: HTML, escaped already.
    figures: those that it shows, by name.
    """

    anchor: str
    title: str
    body: Markup
    figures: Mapping[str, PlotlyFigure] = field(default_factory=dict)


@dataclass(frozen=True)
class PrintedAccuracy:
    """A line of the experiment's own source.

    steps: updates done when it was printed.
    """

    steps: int
    train_acc: float
    test_acc: float


@dataclass(frozen=True)
class ReportAdditions:
    """Everything that is added to the report of one run.

    panels: of the page.
    markdown: paragraphs of report.md.
    files: pages of their own, by name.
    printed: what the source of this very experiment prints, nothing for another.
    source: where.
    """

    panels: tuple[Panel, ...] = ()
    markdown: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    printed: tuple[PrintedAccuracy, ...] = ()
    source: str = ""


NOTHING_ADDED = ReportAdditions()
