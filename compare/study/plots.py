"""The same bands as SVG files, for the Markdown summary. Same study, same bytes."""

import io
from typing import TYPE_CHECKING, cast

from ..report.palette import LIGHT_COLOURS
from ..report.plots import Plot, create_axes, set_log_axis
from ..report.wording import clean_text
from .bands import CurveBand, build_accuracy_bands, build_difference_bands, build_loss_bands
from .charts import choose_difference_range
from .results import Study

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw_study_plots(study: Study) -> list[Plot]:
    """Every plot that has something to show."""
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
    import matplotlib

    handles = []
    for band in found:
        colour = LIGHT_COLOURS[band.colour % len(LIGHT_COLOURS)]
        axes.fill_between(band.x, band.low, band.high, color=colour, alpha=0.25, lw=0)
        handles += axes.plot(band.x, band.middle, color=colour, lw=1.6)
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold")
    figure = cast("Figure", axes.figure)
    legend = figure.legend(
        handles, [str(n) for n in range(len(found))], loc="upper left", bbox_to_anchor=(0.79, 0.94),
        frameon=False, fontsize=8,
    )  # fmt: skip
    for text, band in zip(legend.get_texts(), found, strict=True):
        text.set_parse_math(False)  # a port named $x$ is a name, not mathematics
        text.set_text(clean_text(band.name).replace(" minus ", "\nminus "))
    out = io.BytesIO()
    # Without a salt the ids in the file are random.
    with matplotlib.rc_context({"svg.hashsalt": f"trueport-{name}", "svg.fonttype": "path"}):
        figure.savefig(out, format="svg", facecolor="white", metadata={"Date": None})
    return Plot(name, title, note, out.getvalue())
