"""The charts of the study's page: plotly figures. Pure."""

from collections.abc import Sequence
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
from ..report.series import LIGHT_COLOURS
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


def build_coloured_line(
    x: np.ndarray, y: np.ndarray, colour: int, role: str, hover: str, **look: Any
) -> PlotlyFigure:
    """Return a line of a port, or of a pair of them."""
    drawn = build_line(x, y, None, role, hover, **look)
    drawn["meta"]["colour"] = str(colour % len(LIGHT_COLOURS))
    return drawn


def build_band_chart(
    name: str, title: str, note: str, bands: Sequence[CurveBand], hover: str, axes: PlotlyFigure
) -> Chart:
    """Return a chart of bands: the two edges of each, the space between them filled, the line."""
    data = []
    for band in bands:
        look: dict[str, Any] = {"name": escape_plotly_text(band.name)}
        edge = look | {"line": {"width": 0, "dash": "solid"}, "hoverinfo": "skip"}
        middle = look | {"line": {"width": 1.8, "dash": "solid"}}
        x, colour = band.x, band.colour
        data += [
            build_coloured_line(x, band.low, colour, "envelope", "", **edge),
            build_coloured_line(x, band.high, colour, "envelope", "", **edge, fill="tonexty"),
            build_coloured_line(x, band.middle, colour, "accuracy", hover, **middle),
        ]
    return Chart(f"study-{name}", title, note, {"data": data, "layout": axes})


def build_accuracy_chart(study: Study) -> Chart:
    """Return the test accuracy of each port over the training."""
    axes = build_layout("step", "test accuracy")
    axes["yaxis"]["tickformat"] = ".0%"
    note = "The median over the seeds, and the band from the 10th to the 90th percentile."
    bands, hover = build_accuracy_bands(study), "step %{x}, median accuracy %{y:.4f}"
    return build_band_chart("accuracy", "Test accuracy", note, bands, hover, axes)


def build_loss_chart(study: Study) -> Chart:
    """Return the loss of each port over the training."""
    note = (
        "The loss as each port logs it, the mean of short stretches of steps: median and band as "
        "above."
    )
    axes = build_layout("step", "loss", log_y=True)
    bands, hover = build_loss_bands(study), "up to step %{x}, median loss %{y:.4g}"
    return build_band_chart("loss", "Loss", note, bands, hover, axes)


def build_difference_chart(study: Study) -> Chart:
    """Return the difference of each pair of ports over the training, and the margin."""
    axes, margin = build_layout("step", "points of test accuracy"), study.settings["margin"]
    axes["shapes"] = build_dotted_lines("y", -margin, margin)
    axes["yaxis"]["range"] = choose_difference_range(study)
    note = (
        "The difference of the mean accuracies with its 90 % interval; dotted: the margin. The "
        "last point is the test: equivalent means that its interval lies between the dotted lines."
    )
    bands, hover = build_difference_bands(study), "step %{x}, difference %{y:+.3f} points"
    title = "Difference of test accuracy"
    return build_band_chart("difference", title, note, bands, hover, axes)


def choose_difference_range(study: Study) -> list[float]:
    """Return a range that shows the second half well: the first steps are wild."""
    reach = 3 * study.settings["margin"]
    for band in build_difference_bands(study):
        late = slice(len(band.x) // 2, None)
        edges = np.abs(np.concatenate([band.low[late], band.high[late]]))
        reach = max(reach, 1.1 * float(edges.max(initial=0.0)))
    return [-reach, reach]


def build_runs_chart(study: Study) -> Chart:
    """Return each run as a point; one that never reached the target stands at the steps it ran."""
    data = []
    hover = "%{x} steps, final accuracy %{y:.4f}"
    for colour, port in enumerate(study.ports):
        if good := study.of(port):
            steps = study.settings["steps"]
            x = np.array([steps if r.reached is None else r.reached for r in good])
            y = np.array([float(r.final_accuracy or 0.0) for r in good])
            look = {"mode": "markers", "marker": {"size": 8}, "name": escape_plotly_text(port)}
            data.append(build_coloured_line(x, y, colour, "accuracy", hover, **look))
    target = f"{study.settings['target']:.2f}"
    axes = build_layout(f"steps to {target}", "final test accuracy")
    axes["yaxis"]["tickformat"] = ".1%"
    note = (
        f"Each run: the steps after which it was first seen at {target}, and where it ended. One "
        "that was not seen there stands at the steps it ran."
    )
    return Chart("study-runs", "The runs", note, {"data": data, "layout": axes})
