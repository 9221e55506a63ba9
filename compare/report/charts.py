"""The charts of the page: curves of the run to plotly figures. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..judging.results import Run
from . import curves
from .additions import PrintedAccuracy
from .curves import Curve, CurveGroup
from .figure import PlotlyFigure, build_floor_line, build_layout, build_line
from .series import Series, build_series

MAX_CURVE_POINTS = 2000  # to a curve: as many as a wide screen has room for
MAX_CHART_POINTS = 16_000  # to the curves of one chart: keeps the page under 6 MB with many ports


@dataclass(frozen=True)
class Chart:
    """A figure, what it shows, and how to read it. With no line in it: why it is empty."""

    name: str
    title: str
    note: str
    figure: PlotlyFigure

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing to draw."""
        return not self.figure["data"]


def build_charts(run: Run, printed: Sequence[PrintedAccuracy] = ()) -> list[Chart]:
    """Return every chart of the run, the empty ones too. printed: by the experiment's source."""
    lines = build_series(run)
    return [
        build_loss_chart(lines),
        build_accuracy_chart(printed, lines, "test"),
        build_accuracy_chart(printed, lines, "train"),
        build_loss_difference_chart(lines),
        build_param_distance_chart(lines),
    ]


def limit_curve_points(lines: Sequence[Series]) -> int:
    """Return how many points a curve may have."""
    return min(MAX_CURVE_POINTS, MAX_CHART_POINTS // max(len(lines), 1))


def build_curve(curve: Curve, hover: str, width: float, **more: object) -> PlotlyFigure:
    """Return a curve as a line of its port."""
    look = {"line": {"width": width}, **more}
    return build_line(curve.x, curve.y, curve.line, curve.role, hover, **look)


def build_loss_chart(lines: list[Series]) -> Chart:
    """Return the loss per step: each curve raw, and smoothed over it."""
    lines = [line for line in lines if len(line.trace.loss)]
    points = limit_curve_points(lines)
    group = curves.make_loss_curves(lines, points, points // 3)
    # Whatever is drawn last lies on top: no raw line may cover a smoothed one.
    data = [
        build_curve(c, hover + " %{y:.6g}", wide if c.line.is_truth else thin)
        for role, hover, wide, thin in (
            ("raw", "step %{x}, loss", 3.5, 1.2),
            ("smooth", name_mean(group), 5, 1.8),
        )
        for c in group.select(role)
    ]
    note = (
        "The loss after each update, on the batch just used; batches are drawn with replacement. "
        f"Smoothed: the running mean of {group.width} steps. Curves that coincide hide one "
        "another: the truth is drawn widest and at the back."
    )
    if any(len(line.trace.loss) > points for line in lines):
        note += f" At most {points:,} points to a curve; the extremes of every stretch are kept."
    axes, bounds = build_layout("step", "loss"), choose_loss_range(lines)
    if "range" in bounds:
        note += " A curve far above the truth leaves the frame: the log scale shows it."
    axes["yaxis"] |= bounds
    return Chart(group.name, group.title, note, {"data": data, "layout": axes})


def name_mean(group: CurveGroup) -> str:
    """Return the start of the words over a point of a smoothed curve."""
    return f"step %{{x}}, mean of {group.width} steps"


def choose_loss_range(lines: list[Series]) -> PlotlyFigure:
    """Return a range for the linear axis when a diverging port would flatten all the others."""
    truth = next((item.trace.loss for item in lines if item.is_truth), np.empty(0))
    top = float(np.nanmax(truth, initial=0.0))
    if top > 0 and any(np.nanmax(i.trace.loss, initial=0.0) > 10 * top for i in lines):
        return {"range": [0, 2 * top], "autorange": False}
    return {"rangemode": "tozero"}


def build_accuracy_chart(
    printed: Sequence[PrintedAccuracy], lines: list[Series], part: str
) -> Chart:
    """Return the accuracy at each epoch, with the values that the source prints of its own run."""
    data: list[PlotlyFigure] = []
    drawn = [item for item in lines if len(item.trace.accuracy_steps)]
    hover = f"step %{{x}}, {part} accuracy %{{y:.4f}}"
    note = "Taken once an epoch, the first step included."
    if drawn and printed:
        x = np.array([row.steps for row in printed])
        y = np.array([getattr(row, f"{part}_acc") for row in printed])
        marker = {"symbol": "circle-open", "size": 9, "line": {"width": 1.5}}
        shape = {"mode": "markers", "marker": marker, "name": "printed in the chapter"}
        data.append(build_line(x, y, None, "chapter", hover, **shape))
        note += " Circles: what the chapter's document 004 prints for its own run."
    for item in drawn:
        values = getattr(item.trace, f"{part}_acc")
        few = {"mode": "lines+markers", "marker": {"size": 5}} if len(values) <= 40 else {}
        curve = Curve(item, "accuracy", item.trace.accuracy_steps, values)
        data.append(build_curve(curve, hover, 4 if item.is_truth else 1.6, **few))
    axes = build_layout("step", "accuracy")
    axes["yaxis"]["tickformat"] = ".0%"
    title = f"{part.capitalize()} accuracy"
    return Chart(f"{part}-accuracy", title, note, {"data": data, "layout": axes})


def build_loss_difference_chart(lines: list[Series]) -> Chart:
    """Return |difference of the loss to the truth|, its envelope, and where it first leaves it."""
    points = limit_curve_points([line for line in lines if len(line.compute_loss_difference())])
    group = curves.make_loss_difference_curves(lines, points, points // 3, points // 3)
    data = [build_curve(c, "step %{x}, |difference| %{y:.3g}", 1.1) for c in group.select("raw")]
    data += [build_curve(c, name_mean(group) + " %{y:.3g}", 1.8) for c in group.select("smooth")]
    data += build_envelope_lines(group)
    data += [cross for line in group.lines if (cross := mark_crossing(line, group.floor))]
    note = (
        "|loss - true loss| of each step. Dashed: the envelope, how far rounding alone may carry "
        "a right port. A cross marks the first step outside it."
    )
    return build_log_chart(group, note, data, build_layout("step", "|difference|", log_y=True))


def mark_crossing(line: Series, floor: float) -> PlotlyFigure | None:
    """Return a cross at the first step outside the envelope, None where there is none."""
    step, envelope = line.find_crossing(), line.trace.loss_envelope
    if step is None or envelope is None:
        return None
    seen = line.compute_loss_difference()[step - 1]
    height = np.nanmax([seen if np.isfinite(seen) else np.nan, envelope[step - 1], floor])
    shape = {"mode": "markers", "marker": {"symbol": "x", "size": 9}}
    hover = "first outside its envelope: step %{x}"
    return build_line(np.array([step]), np.array([height]), line, "crossing", hover, **shape)


def build_envelope_lines(group: CurveGroup) -> list[PlotlyFigure]:
    """Return the envelope of each curve; curves of a dtype that share one get it once."""
    found: list[PlotlyFigure] = []
    hover, look = "step %{x}, allowed %{y:.3g}", {"line": {"width": 1.5, "dash": "dash"}}
    envelopes = list(group.select("envelope"))
    for dtype in dict.fromkeys(c.line.trace.dtype for c in envelopes):
        first, *others = (c for c in envelopes if c.line.trace.dtype == dtype)
        if others and all(
            np.array_equal(first.x, c.x) and np.array_equal(first.y, c.y, equal_nan=True)
            for c in others
        ):
            name = {"name": f"envelope {dtype}"}
            found.append(build_line(first.x, first.y, None, first.role, hover, **name, **look))
        else:
            for c in (first, *others):
                found.append(build_line(c.x, c.y, c.line, c.role, hover, **look))
    return found


def build_param_distance_chart(lines: list[Series]) -> Chart:
    """Return |W - W truth| / |W truth| at the checkpoints, log-log, with its envelope."""
    group = curves.make_param_distance_curves(lines)
    shape = {"mode": "lines+markers", "marker": {"size": 6}}
    hover = "after %{x} steps, distance %{y:.3g}"
    data = [build_line(c.x, c.y, c.line, "difference", hover, **shape) for c in group.select("raw")]
    note = (
        "|W - W truth| / |W truth|, all parameters as one vector, at the checkpoints; both axes "
        "are logarithmic. Dashed: the envelope."
    )
    axes = build_layout("step", "relative distance", log_x=True, log_y=True)
    return build_log_chart(group, note, data + build_envelope_lines(group), axes)


def build_log_chart(
    group: CurveGroup, note: str, data: list[PlotlyFigure], axes: PlotlyFigure
) -> Chart:
    """Return a chart on a log axis, which says where exact zeros went if it has any."""
    if group.zeros:
        axes |= build_floor_line(group.floor)
        note += f" Exact agreement has no place on a log axis: it is drawn at {group.floor:.0e}."
    return Chart(group.name, group.title, note, {"data": data, "layout": axes})
