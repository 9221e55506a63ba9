"""The charts of the study's page: plotly figures. Pure."""

from typing import Any

import numpy as np

from ..report.charts import Chart
from ..report.figure import Figure, layout, line, plotly_text
from ..report.palette import LIGHT
from .bands import Band, accuracy_bands, difference_bands, loss_bands
from .results import Study


def study_charts(study: Study) -> list[Chart]:
    """Every chart of a study, the empty ones too."""
    return [accuracy(study), difference(study), runs(study), loss(study)]


def coloured(trace: Figure, colour: int) -> Figure:
    trace["meta"]["colour"] = str(colour % len(LIGHT))
    return trace


def drawn(band: Band, hover: str) -> list[Figure]:
    """The band's two edges, the space between them filled, and the line."""
    name = plotly_text(band.name)
    edge: dict[str, Any] = {"name": name, "line": {"width": 0, "dash": "solid"}}
    quiet = {"hoverinfo": "skip"}
    low = line(band.x, band.low, None, "envelope", "", **edge, **quiet)
    high = line(band.x, band.high, None, "envelope", "", **edge, **quiet, fill="tonexty")
    style = {"width": 1.8, "dash": "solid"}
    middle = line(band.x, band.middle, None, "accuracy", hover, name=name, line=style)
    return [coloured(trace, band.colour) for trace in (low, high, middle)]


def accuracy(study: Study) -> Chart:
    hover = "step %{x}, median accuracy %{y:.4f}"
    data = [trace for band in accuracy_bands(study) for trace in drawn(band, hover)]
    figure: Figure = {"data": data, "layout": layout("step", "test accuracy")}
    figure["layout"]["yaxis"]["tickformat"] = ".0%"
    note = "The median over the seeds, and the band from the 10th to the 90th percentile."
    return Chart("study-accuracy", "Test accuracy", note, figure)


def loss(study: Study) -> Chart:
    hover = "up to step %{x}, median loss %{y:.4g}"
    data = [trace for band in loss_bands(study) for trace in drawn(band, hover)]
    note = (
        "The loss as each port logs it, the mean of short stretches of steps: median and band as "
        "above."
    )
    figure: Figure = {"data": data, "layout": layout("step", "loss", log_y=True)}
    return Chart("study-loss", "Loss", note, figure)


def difference(study: Study) -> Chart:
    hover = "step %{x}, difference %{y:+.3f} points"
    data = [trace for band in difference_bands(study) for trace in drawn(band, hover)]
    figure: Figure = {"data": data, "layout": layout("step", "points of test accuracy")}
    margin = study.settings["margin"]
    figure["layout"]["shapes"] = [
        {
            "type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y", "y0": y, "y1": y,
            "line": {"width": 1, "dash": "dot"}, "layer": "below",
        }
        for y in (-margin, margin)
    ]  # fmt: skip
    figure["layout"]["yaxis"]["range"] = view(study)
    note = (
        "The difference of the mean accuracies with its 90 % interval; dotted: the margin. The "
        "last point is the test: equivalent means that its interval lies between the dotted lines."
    )
    return Chart("study-difference", "Difference of test accuracy", note, figure)


def view(study: Study) -> list[float]:
    """The range that shows the second half well: the first steps are wild, and prove nothing."""
    reach = 3 * study.settings["margin"]
    for band in difference_bands(study):
        late = slice(len(band.x) // 2, None)
        edges = np.abs(np.concatenate([band.low[late], band.high[late]]))
        reach = max(reach, 1.1 * float(edges.max(initial=0.0)))
    return [-reach, reach]


def runs(study: Study) -> Chart:
    """Each run as a point; one that never reached the target stands at the steps it ran."""
    data = []
    for colour, port in enumerate(study.ports):
        good = study.of(port)
        if good:
            x = np.array(
                [study.settings["steps"] if r.reached is None else r.reached for r in good]
            )
            y = np.array([float(r.final_accuracy or 0.0) for r in good])
            hover = "%{x} steps, final accuracy %{y:.4f}"
            marker = {"mode": "markers", "marker": {"size": 8}, "name": plotly_text(port)}
            data.append(coloured(line(x, y, None, "accuracy", hover, **marker), colour))
    target = f"{study.settings['target']:.2f}"
    figure: Figure = {"data": data, "layout": layout(f"steps to {target}", "final test accuracy")}
    figure["layout"]["yaxis"]["tickformat"] = ".1%"
    note = (
        f"Each run: the steps after which it was first seen at {target}, and where it ended. One "
        "that was not seen there stands at the steps it ran."
    )
    return Chart("study-runs", "The runs", note, figure)
