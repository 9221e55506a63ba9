"""The charts of the study's page: plotly figures. Pure."""

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
from ..report.palette import LIGHT_COLOURS
from .bands import CurveBand, build_accuracy_bands, build_difference_bands, build_loss_bands
from .results import Study


def build_study_charts(study: Study) -> list[Chart]:
    """Return every chart of a study, the empty ones too."""
    return [
        build_accuracy_chart(study),
        build_difference_chart(study),
        build_runs_chart(study),
        build_loss_chart(study),
    ]


def set_line_colour(trace: PlotlyFigure, colour: int) -> PlotlyFigure:
    trace["meta"]["colour"] = str(colour % len(LIGHT_COLOURS))
    return trace


def build_band_lines(band: CurveBand, hover: str) -> list[PlotlyFigure]:
    """Return the band's two edges, the space between them filled, and the line."""
    name = escape_plotly_text(band.name)
    edge: dict[str, Any] = {"name": name, "line": {"width": 0, "dash": "solid"}}
    quiet = {"hoverinfo": "skip"}
    low = build_line(band.x, band.low, None, "envelope", "", **edge, **quiet)
    high = build_line(band.x, band.high, None, "envelope", "", **edge, **quiet, fill="tonexty")
    style = {"width": 1.8, "dash": "solid"}
    middle = build_line(band.x, band.middle, None, "accuracy", hover, name=name, line=style)
    return [set_line_colour(trace, band.colour) for trace in (low, high, middle)]


def build_accuracy_chart(study: Study) -> Chart:
    hover = "step %{x}, median accuracy %{y:.4f}"
    data = [
        trace for band in build_accuracy_bands(study) for trace in build_band_lines(band, hover)
    ]
    figure: PlotlyFigure = {"data": data, "layout": build_layout("step", "test accuracy")}
    figure["layout"]["yaxis"]["tickformat"] = ".0%"
    note = "The median over the seeds, and the band from the 10th to the 90th percentile."
    return Chart("study-accuracy", "Test accuracy", note, figure)


def build_loss_chart(study: Study) -> Chart:
    hover = "up to step %{x}, median loss %{y:.4g}"
    data = [trace for band in build_loss_bands(study) for trace in build_band_lines(band, hover)]
    note = (
        "The loss as each port logs it, the mean of short stretches of steps: median and band as "
        "above."
    )
    figure: PlotlyFigure = {"data": data, "layout": build_layout("step", "loss", log_y=True)}
    return Chart("study-loss", "Loss", note, figure)


def build_difference_chart(study: Study) -> Chart:
    hover = "step %{x}, difference %{y:+.3f} points"
    data = [
        trace for band in build_difference_bands(study) for trace in build_band_lines(band, hover)
    ]
    figure: PlotlyFigure = {"data": data, "layout": build_layout("step", "points of test accuracy")}
    margin = study.settings["margin"]
    figure["layout"]["shapes"] = build_dotted_lines("y", -margin, margin)
    figure["layout"]["yaxis"]["range"] = choose_difference_range(study)
    note = (
        "The difference of the mean accuracies with its 90 % interval; dotted: the margin. The "
        "last point is the test: equivalent means that its interval lies between the dotted lines."
    )
    return Chart("study-difference", "Difference of test accuracy", note, figure)


def choose_difference_range(study: Study) -> list[float]:
    """Return the range that shows the second half well: the first steps are wild, and prove
    nothing.
    """
    reach = 3 * study.settings["margin"]
    for band in build_difference_bands(study):
        late = slice(len(band.x) // 2, None)
        edges = np.abs(np.concatenate([band.low[late], band.high[late]]))
        reach = max(reach, 1.1 * float(edges.max(initial=0.0)))
    return [-reach, reach]


def build_runs_chart(study: Study) -> Chart:
    """Return each run as a point; one that never reached the target stands at the steps it ran."""
    data = []
    for colour, port in enumerate(study.ports):
        good = study.of(port)
        if good:
            x = np.array(
                [study.settings["steps"] if r.reached is None else r.reached for r in good]
            )
            y = np.array([float(r.final_accuracy or 0.0) for r in good])
            hover = "%{x} steps, final accuracy %{y:.4f}"
            marker = {"mode": "markers", "marker": {"size": 8}, "name": escape_plotly_text(port)}
            data.append(
                set_line_colour(build_line(x, y, None, "accuracy", hover, **marker), colour)
            )
    target = f"{study.settings['target']:.2f}"
    figure: PlotlyFigure = {
        "data": data,
        "layout": build_layout(f"steps to {target}", "final test accuracy"),
    }
    figure["layout"]["yaxis"]["tickformat"] = ".1%"
    note = (
        f"Each run: the steps after which it was first seen at {target}, and where it ended. One "
        "that was not seen there stands at the steps it ran."
    )
    return Chart("study-runs", "The runs", note, figure)
