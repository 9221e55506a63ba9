"""The charts of the page: curves of the run to plotly figures. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..judging.results import Run
from .additions import PrintedAccuracy
from .downsample import choose_log_floor, choose_smoothing_width, downsample, smooth_curve
from .figure import PlotlyFigure, build_floor_line, build_layout, build_line
from .series import Series, build_series
from .training import find_crossing

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


def limit_curve_points(lines: list[Series]) -> int:
    """How many points a curve may have."""
    return min(MAX_CURVE_POINTS, MAX_CHART_POINTS // max(len(lines), 1))


def build_loss_chart(lines: list[Series]) -> Chart:
    """Loss per step: each curve raw, and smoothed over it."""
    lines = [item for item in lines if len(item.trace.loss)]
    points = limit_curve_points(lines)
    data: list[PlotlyFigure] = []
    longest = max((len(item.trace.loss) for item in lines), default=0)
    width = choose_smoothing_width(longest)
    for item in lines:
        values = np.where(np.isfinite(item.trace.loss), item.trace.loss, np.nan).astype(float)
        kept = downsample(values, points)
        thick = {"line": {"width": 3.5 if item.is_truth else 1.2}}
        hover = "step %{x}, loss %{y:.6g}"
        data.append(build_line(kept + 1, values[kept], item, "raw", hover, **thick))
        mean = smooth_curve(values, width)
        kept = downsample(mean, points // 3)
        thick = {"line": {"width": 5 if item.is_truth else 1.8}}
        hover = f"step %{{x}}, mean of {width} steps %{{y:.6g}}"
        data.append(build_line(kept + 1, mean[kept], item, "smooth", hover, **thick))
    # Whatever is drawn last lies on top: no raw line may cover a smoothed one.
    data.sort(key=lambda trace: trace["meta"]["role"] == "smooth")
    note = (
        "The loss after each update, on the batch just used; batches are drawn with replacement. "
        f"Smoothed: the running mean of {width} steps. Curves that coincide hide one another: "
        "the truth is drawn widest and at the back."
    )
    if longest > points:
        note += f" At most {points:,} points to a curve; the extremes of every stretch are kept."
    figure: PlotlyFigure = {"data": data, "layout": build_layout("step", "loss")}
    bounds = choose_loss_range(lines)
    if "range" in bounds:
        note += " A curve far above the truth leaves the frame: the log scale shows it."
    figure["layout"]["yaxis"] |= bounds
    return Chart("loss", "Loss per step", note, figure)


def choose_loss_range(lines: list[Series]) -> PlotlyFigure:
    """A range for the linear axis when a diverging port would flatten all the others."""
    truth = next((item.trace.loss for item in lines if item.is_truth), np.empty(0))
    top = float(np.nanmax(truth, initial=0.0))
    highest = max((np.nanmax(i.trace.loss, initial=0.0) for i in lines), default=0.0)
    if top > 0 and highest > 10 * top:
        return {"range": [0, 2 * top], "autorange": False}
    return {"rangemode": "tozero"}


def build_accuracy_chart(
    printed: Sequence[PrintedAccuracy], lines: list[Series], part: str
) -> Chart:
    """Accuracy at each epoch, with the values that the chapter prints where they compare."""
    data: list[PlotlyFigure] = []
    drawn = [item for item in lines if len(item.trace.accuracy_steps)]
    hover = f"step %{{x}}, {part} accuracy %{{y:.4f}}"
    if drawn and printed:
        x = np.array([row.steps for row in printed])
        y = np.array([row.test_acc if part == "test" else row.train_acc for row in printed])
        marker = {"symbol": "circle-open", "size": 9, "line": {"width": 1.5}}
        shape = {"mode": "markers", "marker": marker, "name": "printed in the chapter"}
        data.append(build_line(x, y, None, "chapter", hover, **shape))
    for item in drawn:
        values = item.trace.test_acc if part == "test" else item.trace.train_acc
        few = {"mode": "lines+markers", "marker": {"size": 5}} if len(values) <= 40 else {}
        thick = {"line": {"width": 4 if item.is_truth else 1.6}}
        data.append(
            build_line(item.trace.accuracy_steps, values, item, "accuracy", hover, **few, **thick)
        )
    figure: PlotlyFigure = {"data": data, "layout": build_layout("step", "accuracy")}
    figure["layout"]["yaxis"]["tickformat"] = ".0%"
    note = "Taken once an epoch, the first step included."
    if data and data[0]["meta"]["role"] == "chapter":
        note += " Circles: what the chapter's document 004 prints for its own run."
    return Chart(f"{part}-accuracy", f"{part.capitalize()} accuracy", note, figure)


def build_loss_difference_chart(lines: list[Series]) -> Chart:
    """|difference of the loss to the truth|, its envelope, and where it first leaves it."""
    drawn = [item for item in lines if len(item.compute_loss_difference())]
    differences = [item.compute_loss_difference() for item in drawn]
    floor = choose_log_floor(differences)
    points = limit_curve_points(drawn)
    data: list[PlotlyFigure] = []
    zeros = any((d <= floor).any() for d in differences)
    width = choose_smoothing_width(max(map(len, differences), default=0))
    for item, difference in zip(drawn, differences, strict=True):
        values = np.where(np.isfinite(difference), np.maximum(difference, floor), np.nan)
        kept = downsample(values, points)
        hover = "step %{x}, |difference| %{y:.3g}"
        data.append(build_line(kept + 1, values[kept], item, "raw", hover, line={"width": 1.1}))
        mean = np.maximum(smooth_curve(difference, width), floor)
        kept = downsample(mean, points // 3)
        hover = f"step %{{x}}, mean of {width} steps %{{y:.3g}}"
        data.append(build_line(kept + 1, mean[kept], item, "smooth", hover, line={"width": 1.8}))
    data.sort(key=lambda trace: trace["meta"]["role"] == "smooth")
    data += build_envelope_lines(drawn, "loss", floor, points // 3)
    for item, difference in zip(drawn, differences, strict=True):
        step = find_crossing(item)
        if step is not None:
            seen = difference[step - 1] if np.isfinite(difference[step - 1]) else np.nan
            height = np.nanmax([seen, item.trace.loss_envelope[step - 1], floor])  # type: ignore[index]  # these traces have an envelope
            marker = {"symbol": "x", "size": 9}
            shape = {"mode": "markers", "marker": marker}
            hover = "first outside its envelope: step %{x}"
            data.append(
                build_line(np.array([step]), np.array([height]), item, "crossing", hover, **shape)
            )
    note = (
        "|loss - true loss| of each step. Dashed: the envelope, how far rounding alone may carry "
        "a right port. A cross marks the first step outside it."
    )
    return build_log_chart(
        "loss-difference",
        "Difference of the loss to the truth",
        note,
        data,
        build_layout("step", "|difference|", log_y=True),
        floor if zeros else None,
    )


def build_envelope_lines(
    drawn: list[Series], of: str, floor: float, points: int
) -> list[PlotlyFigure]:
    """The envelope of each curve; curves of a dtype that share one and the same get it once.

    of: "loss" by step, or "param" by checkpoint.
    """
    found: list[PlotlyFigure] = []
    by_dtype: dict[str, list[tuple[Series, np.ndarray]]] = {}
    for item in drawn:
        values = getattr(item.trace, f"{of}_envelope")
        if values is not None:
            by_dtype.setdefault(item.trace.dtype, []).append((item, np.asarray(values, float)))
    hover = "step %{x}, allowed %{y:.3g}"
    look = {"line": {"width": 1.5, "dash": "dash"}}
    for dtype, items in by_dtype.items():
        first = items[0][1]
        shared = len(items) > 1 and all(np.array_equal(first, v, equal_nan=True) for _, v in items)
        for item, values in items[:1] if shared else items:
            steps = np.arange(len(values)) + 1 if of == "loss" else item.trace.checkpoint_steps
            seen = np.where(np.isfinite(values), np.maximum(values, floor), np.nan)
            kept = downsample(seen, points)
            kept = kept[steps[kept] > 0]
            name = {"name": f"envelope {dtype}"} if shared else {}
            owner = None if shared else item
            found.append(
                build_line(steps[kept], seen[kept], owner, "envelope", hover, **name, **look)
            )
    return found


def build_param_distance_chart(lines: list[Series]) -> Chart:
    """|W - W_truth| / |W_truth| at the checkpoints, log-log, with its envelope."""
    drawn = [i for i in lines if not i.is_truth and (i.trace.checkpoint_steps > 0).any()]
    floor = choose_log_floor([i.trace.param_distance[i.trace.checkpoint_steps > 0] for i in drawn])
    data: list[PlotlyFigure] = []
    zeros = False
    for item in drawn:
        later = (
            item.trace.checkpoint_steps > 0
        )  # a log axis has no step 0, and nothing differs there
        steps, distance = item.trace.checkpoint_steps[later], item.trace.param_distance[later]
        zeros = zeros or bool((distance <= floor).any())
        values = np.where(np.isfinite(distance), np.maximum(distance, floor), np.nan)
        shape = {"mode": "lines+markers", "marker": {"size": 6}}
        hover = "after %{x} steps, distance %{y:.3g}"
        data.append(build_line(steps, values, item, "difference", hover, **shape))
    data += build_envelope_lines(drawn, "param", floor, MAX_CURVE_POINTS)
    note = (
        "|W - W truth| / |W truth|, all parameters as one vector, at the checkpoints; both axes "
        "are logarithmic. Dashed: the envelope."
    )
    return build_log_chart(
        "param-distance",
        "Distance of the parameters to the truth",
        note,
        data,
        build_layout("step", "relative distance", log_x=True, log_y=True),
        floor if zeros else None,
    )


def build_log_chart(
    name: str,
    title: str,
    note: str,
    data: list[PlotlyFigure],
    axes: PlotlyFigure,
    floor: float | None,
) -> Chart:
    """A chart on a log axis, which says where exact zeros went if it has any."""
    if floor is not None:
        axes |= build_floor_line(floor)
        note += f" Exact agreement has no place on a log axis: it is drawn at {floor:.0e}."
    return Chart(name, title, note, {"data": data, "layout": axes})
