"""The same bands as SVG files, for the Markdown summary. Same study, same bytes."""

from typing import TYPE_CHECKING

from ..report.plots import Plot, create_axes, finish_plot, set_log_axis
from ..report.series import LIGHT_COLOURS
from ..report.wording import clean_text
from .bands import CurveBand, build_accuracy_bands, build_difference_bands, build_loss_bands
from .charts import choose_difference_range
from .results import Study

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_study_plots(study: Study) -> list[Plot]:
    """Return every plot that has something to show."""
    drawn = []
    if found := build_accuracy_bands(study):
        axes = create_axes("step", "test accuracy")
        note = "Test accuracy: the median over the seeds, and the 10th to the 90th percentile."
        axes.set_ylim(bottom=0.75 if min(band.middle[-1] for band in found) > 0.85 else 0)
        drawn.append(finish_band_plot(axes, found, "study-accuracy", "Test accuracy", note))
    if found := build_difference_bands(study):
        axes = create_axes("step", "points of test accuracy")
        margin = study.settings["margin"]
        for y in (-margin, margin):
            axes.axhline(y, color="#5b6473", ls=":", lw=1)
        axes.set_ylim(*choose_difference_range(study))
        note = "Difference of the mean accuracies with its 90 % interval; dotted: the margin."
        drawn.append(
            finish_band_plot(axes, found, "study-difference", "Difference of test accuracy", note)
        )
    if found := build_loss_bands(study):
        axes = create_axes("step", "loss")
        set_log_axis(axes.yaxis)
        note = "The loss as each port logs it: median and 10th to 90th percentile."
        drawn.append(finish_band_plot(axes, found, "study-loss", "Loss", note))
    return drawn


def finish_band_plot(
    axes: "Axes", found: list[CurveBand], name: str, title: str, note: str
) -> Plot:
    """Return the plot of bands, with a legend of their names."""
    handles = []
    for band in found:
        colour = LIGHT_COLOURS[band.colour % len(LIGHT_COLOURS)]
        axes.fill_between(band.x, band.low, band.high, color=colour, alpha=0.25, lw=0)
        handles += axes.plot(band.x, band.middle, color=colour, lw=1.6)
    names = [clean_text(band.name).replace(" minus ", "\nminus ") for band in found]
    return finish_plot(axes, handles, names, Plot(name, title, note, b""))
