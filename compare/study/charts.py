"""The charts of a study: plotly figures for its page, SVG files for its Markdown. Pure."""

from typing import Any

import numpy as np

from ..report.charts import Chart
from ..report.figure import (
    PlotlyFigure,
    build_dotted_lines,
    build_layout,
    build_line,
    escape_plotly_text,
)
from ..report.plots import Plot, create_axes, finish_plot, set_log_axis
from ..report.series import LIGHT_COLOURS
from ..report.wording import clean_text
from .bands import CurveBand, build_bands
from .results import Study

# by the bands that they show: title, y axis, what a point says; how the chart and the plot are read
BAND_WORDS = {
    "accuracy": (
        *("Test accuracy", "test accuracy", "step %{x}, median accuracy %{y:.4f}"),
        "The median over the seeds, and the band from the 10th to the 90th percentile.",
        "Test accuracy: the median over the seeds, and the 10th to the 90th percentile.",
    ),
    "difference": (
        *("Difference of test accuracy", "points of test accuracy"),
        "step %{x}, difference %{y:+.3f} points",
        "The difference of the mean accuracies with its 90 % interval; dotted: the margin. The "
        "last point is the test: equivalent means that its interval lies between the dotted lines.",
        "Difference of the mean accuracies with its 90 % interval; dotted: the margin.",
    ),
    "loss": (
        *("Loss", "loss", "up to step %{x}, median loss %{y:.4g}"),
        "The loss as each port logs it, the mean of short stretches of steps: median and band as "
        "above.",
        "The loss as each port logs it: median and 10th to 90th percentile.",
    ),
}


def build_study_charts(study: Study) -> list[Chart]:
    """Return every chart of a study, the empty ones too."""
    bands, margin = build_bands(study), study.settings["margin"]
    charts = {}
    for name, (title, y_title, hover, note, _) in BAND_WORDS.items():
        data = [line for band in bands[name] for line in build_band_lines(band, hover)]
        figure = {"data": data, "layout": build_layout("step", y_title, log_y=name == "loss")}
        charts[name] = Chart(f"study-{name}", title, note, figure)
    charts["accuracy"].figure["layout"]["yaxis"]["tickformat"] = ".0%"
    axes = charts["difference"].figure["layout"]
    axes["shapes"] = build_dotted_lines("y", -margin, margin)
    axes["yaxis"]["range"] = choose_difference_range(bands["difference"], margin)
    return [charts["accuracy"], charts["difference"], build_runs_chart(study), charts["loss"]]


def build_coloured_line(
    x: np.ndarray, y: np.ndarray, name: str, colour: int, role: str, hover: str, **look: Any
) -> PlotlyFigure:
    """Return a line of a port, or of a pair of them."""
    drawn = build_line(x, y, None, role, hover, name=escape_plotly_text(name), **look)
    drawn["meta"]["colour"] = str(colour % len(LIGHT_COLOURS))
    return drawn


def build_band_lines(band: CurveBand, hover: str) -> list[PlotlyFigure]:
    """Return the two edges of a band, the space between them filled, and its line."""
    edge: dict[str, Any] = {"line": {"width": 0, "dash": "solid"}, "hoverinfo": "skip"}
    middle: dict[str, Any] = {"line": {"width": 1.8, "dash": "solid"}}
    return [
        build_coloured_line(band.x, y, band.name, band.colour, role, said, **look)
        for y, role, said, look in (
            (band.low, "envelope", "", edge),
            (band.high, "envelope", "", edge | {"fill": "tonexty"}),
            (band.middle, "accuracy", hover, middle),
        )
    ]


def choose_difference_range(bands: list[CurveBand], margin: float) -> list[float]:
    """Return a range that shows the second half well: the first steps are wild."""
    reach = 3 * margin
    for band in bands:
        late = slice(len(band.x) // 2, None)
        edges = np.abs(np.concatenate([band.low[late], band.high[late]]))
        reach = max(reach, 1.1 * float(edges.max(initial=0.0)))
    return [-reach, reach]


def build_runs_chart(study: Study) -> Chart:
    """Return each run as a point; one that never reached the target stands at the steps it ran."""
    data = []
    hover = "%{x} steps, final accuracy %{y:.4f}"
    look: dict[str, Any] = {"mode": "markers", "marker": {"size": 8}}
    for colour, port in enumerate(study.ports):
        if good := study.of(port):
            x = np.array([run.measure(study.settings["steps"]) for run in good])
            y = np.array([float(r.final_accuracy or 0.0) for r in good])
            data.append(build_coloured_line(x, y, port, colour, "accuracy", hover, **look))
    target = f"{study.settings['target']:.2f}"
    axes = build_layout(f"steps to {target}", "final test accuracy")
    axes["yaxis"]["tickformat"] = ".1%"
    note = (
        f"Each run: the steps after which it was first seen at {target}, and where it ended. One "
        "that was not seen there stands at the steps it ran."
    )
    return Chart("study-runs", "The runs", note, {"data": data, "layout": axes})


def draw_study_plots(study: Study) -> list[Plot]:
    """Return the bands that have something to show as SVG. Same study, same bytes."""
    drawn, margin = [], study.settings["margin"]
    for name, bands in build_bands(study).items():
        if not bands:
            continue
        title, y_title, _, _, note = BAND_WORDS[name]
        axes = create_axes("step", y_title)
        if name == "accuracy":
            axes.set_ylim(bottom=0.75 if min(band.middle[-1] for band in bands) > 0.85 else 0)
        elif name == "difference":
            for y in (-margin, margin):
                axes.axhline(y, color="#5b6473", ls=":", lw=1)
            axes.set_ylim(*choose_difference_range(bands, margin))
        else:
            set_log_axis(axes.yaxis)
        handles = []
        for band in bands:
            colour = LIGHT_COLOURS[band.colour % len(LIGHT_COLOURS)]
            axes.fill_between(band.x, band.low, band.high, color=colour, alpha=0.25, lw=0)
            handles += axes.plot(band.x, band.middle, color=colour, lw=1.6)
        names = [clean_text(band.name).replace(" minus ", "\nminus ") for band in bands]
        drawn.append(finish_plot(axes, handles, names, Plot(f"study-{name}", title, note, b"")))
    return drawn
