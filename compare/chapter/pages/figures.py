"""The chapter's figures: what the run computed with the reference, as charts. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...report import figure
from ...report.charts import Chart
from ...report.figure import PlotlyFigure, build_layout
from ...report.wording import format_number

Arrays = Mapping[str, np.ndarray]
PictureBuilder = Callable[[dict[str, Any], Arrays], Chart]
ARROW_SCALE = 0.05  # of an arrow to its gradient


def build_picture_line(
    points: Sequence[np.ndarray] | np.ndarray,  # all x, all y
    name: str,
    colour: int | None,
    hover: str,
    width: float = 2.0,
    dash: str = "solid",
    **more: Any,
) -> PlotlyFigure:
    """Return a line that belongs to no port. colour: of the palette, or None."""
    x, y = points
    look = {"name": figure.escape_plotly_text(name), "line": {"width": width, "dash": dash}}
    drawn = figure.build_line(np.asarray(x, float), y, None, "picture", hover, **look)
    drawn["meta"]["colour"] = "neutral" if colour is None else str(colour)
    return drawn | {"showlegend": True} | more


def build_picture_chart(
    name: str, title: str, note: str, data: list[PlotlyFigure], axes: PlotlyFigure
) -> Chart:
    """Return a picture with its legend above it."""
    legend = {"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0.0}
    layout = axes | {"showlegend": True, "legend": legend}
    return Chart(name, title, note, {"data": data, "layout": layout})


def build_tangents(record: dict[str, Any], arrays: Arrays) -> Chart:
    """Return section 4.3.2: the function and its two tangents."""
    x, y = arrays["function_1"]
    hover = "x = %{x:.3g}<br>%{y:.4g}"
    data = [build_picture_line((x, y), "0.01 x² + 0.1 x", 0, hover, 2.5)]
    for index, found in enumerate(record["tangents"], 1):
        at, slope = found["x"], found["slope"]
        name = f"tangent at {at:g}, slope {format_number(slope, 12)}"
        values = found["value"] + slope * (x - at)
        data.append(build_picture_line((x, values), name, index, hover, 1.6, "dash"))
    note = (
        "Section 4.3.2. The slopes are numerical_diff's, with h = 1e-4; the true ones are 0.2 and "
        "0.3."
    )
    axes = build_layout("x", "f(x)")
    return build_picture_chart("tangents", "function_1 and its tangents", note, data, axes)


def build_gradient_field(record: dict[str, Any], arrays: Arrays) -> Chart:
    """Return section 4.4, figure 4.9: arrows down the slope."""
    x, y, dx, dy = arrays["field"].T
    tips = np.stack([x + ARROW_SCALE * dx, y + ARROW_SCALE * dy])
    gap = np.full_like(x, np.nan)
    shafts = [np.stack([*ends, gap], axis=1).ravel() for ends in zip((x, y), tips, strict=True)]
    name, hover = "minus the gradient", "(%{x:.2f}, %{y:.2f})"
    stems = build_picture_line(shafts, name, 0, hover, 1.3, hoverinfo="skip")
    heads = {
        "symbol": ["arrow" if long else "circle" for long in np.hypot(dx, dy) > 1e-9],
        "size": 7,
        "angle": [round(float(angle), 1) for angle in np.degrees(np.arctan2(dx, dy))],
    }
    look: dict[str, Any] = {"mode": "markers", "marker": heads, "showlegend": False}
    data = [stems, build_picture_line(tips, name, 0, hover, 1.4, "dash", **look)]
    axes = build_layout("x0", "x1")
    axes["yaxis"] |= {"scaleanchor": "x", "range": [-2.3, 2.3]}
    axes["xaxis"]["range"] = [-2.3, 2.3]
    note = (
        "Section 4.4, figure 4.9: minus numerical_gradient of x0² + x1². Each arrow points down "
        "the slope, and is longer where it is steeper."
    )
    return build_picture_chart("field", "The gradient field of function_2", note, data, axes)


def build_descent_paths(record: dict[str, Any], arrays: Arrays) -> Chart:
    """Return section 4.4.1: the path of the right learning rate, over level lines."""
    turn = np.linspace(0, 2 * np.pi, 73)
    data = []
    for radius in range(1, 6):
        ring = radius * np.stack([np.cos(turn), np.sin(turn)])
        more: dict[str, Any] = {"showlegend": radius == 1, "hoverinfo": "skip"}
        data.append(build_picture_line(ring, "level lines", None, "", 0.8, "dot", **more))
        del data[-1]["hovertemplate"]
    for index, (rate, path) in enumerate(zip(record["rates"], arrays["paths"], strict=True)):
        inside = np.abs(path).max(axis=1) < 1e3
        shown = path[: max(int(np.argmin(inside)), 1) + 1 if not inside.all() else len(path)]
        marker = {"size": 7 if rate < 1e-3 else 5}
        name, hover = f"lr = {format_number(rate)}", "(%{x:.4g}, %{y:.4g})"
        look: dict[str, Any] = {"mode": "lines+markers", "marker": marker}
        data.append(build_picture_line(shown.T, name, index, hover, 1.6, **look))
    axes = build_layout("x0", "x1")
    axes["xaxis"]["range"] = [-6.4, 6.4]
    axes["yaxis"] |= {"range": [-5.4, 5.4], "scaleanchor": "x"}
    note = (
        "Section 4.4.1: 100 steps from (-3, 4). At 0.1 it reaches the minimum; at 10 the first "
        "step already leaves the frame; at 1e-10 it does not move."
    )
    return build_picture_chart("descent", "Gradient descent", note, data, axes)


def build_minimum_distances(record: dict[str, Any], arrays: Arrays) -> Chart:
    """Return section 4.4.1: how far from the minimum after each step."""
    data = []
    for index, (rate, path) in enumerate(zip(record["rates"], arrays["paths"], strict=True)):
        name, hover = f"lr = {format_number(rate)}", "after %{x} steps: %{y:.3g}"
        away = np.linalg.norm(path, axis=1)
        data.append(build_picture_line((np.arange(len(path)), away), name, index, hover))
    note = (
        "How far each is from the minimum at (0, 0). At 10 it overshoots until the difference "
        "quotient itself breaks down, and ends at (-2.59e13, -1.30e12), as the chapter prints."
    )
    axes = build_layout("step", "distance to the minimum", log_y=True)
    return build_picture_chart("distance", "Learning rates", note, data, axes)


def build_epsilon_losses(record: dict[str, Any], arrays: Arrays) -> Chart:
    """Return section 4.2.2: what the epsilon does to a small probability."""
    p, *curves = arrays["losses"]
    data = []
    for index, (epsilon, y) in enumerate(zip(record["epsilons"], curves, strict=True)):
        name = f"epsilon {format_number(epsilon)}" + (", the chapter's" if index == 0 else "")
        dash, hover = "solid" if epsilon else "dot", "p = %{x:.3g}: loss %{y:.5g}"
        data.append(build_picture_line((p, y), name, index, hover, dash=dash))
    note = (
        "-log(p + epsilon) of a true class that was given probability p. The epsilon is a ceiling: "
        "the chapter's loss never exceeds 16.1, and below p = 1e-7 its gradient fades away."
    )
    axes = build_layout("probability of the true class", "loss", log_x=True)
    return build_picture_chart("epsilon", "The loss over an epsilon", note, data, axes)


def build_step_size_errors(record: dict[str, Any], arrays: Arrays) -> Chart:
    """Return section 4.3.1: the step that is too small."""
    data = []
    hover = "h = %{x:.2g}: relative error %{y:.2g}"
    for dtype, dash in (("float64", "solid"), ("float32", "dot")):
        h, *errors = arrays[f"differences {dtype}"]
        for index, (name, error) in enumerate(zip(("forward", "central"), errors, strict=True)):
            y = np.where(error > 0, error, np.nan)
            data.append(build_picture_line((h, y), f"{name}, {dtype}", index, hover, dash=dash))
    axes = build_layout("h", "relative error", log_x=True, log_y=True)
    axes["shapes"] = figure.build_dotted_lines("x", 1e-4)
    axes["annotations"] = [
        figure.build_label("h = 1e-4", ("x", -4, "left"), ("paper", 0.02, "bottom"))
    ]
    note = (
        "Section 4.3.1, the wrong h: the error of the slope of x³ - 2x at 2. From the right, a "
        "smaller h helps until rounding takes over; at the chapter's 10e-50, far off to the left, "
        "every derivative is 0 and the error is all of it."
    )
    return build_picture_chart("wrong-h", "The wrong h", note, data, axes)


# What each needs of the arrays that a run kept.
PICTURE_BUILDERS: tuple[tuple[set[str], PictureBuilder], ...] = (
    ({"function_1"}, build_tangents),
    ({"field"}, build_gradient_field),
    ({"paths"}, build_descent_paths),
    ({"paths"}, build_minimum_distances),
    ({"losses"}, build_epsilon_losses),
    ({"differences float64", "differences float32"}, build_step_size_errors),
)


def build_chapter_charts(record: dict[str, Any], arrays: Arrays) -> list[Chart]:
    """Return every chart that there are the arrays for."""
    return [build(record, arrays) for needs, build in PICTURE_BUILDERS if needs <= arrays.keys()]
