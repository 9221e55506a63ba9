"""The chapter in pictures: what the run computed with the reference, drawn. Pure."""

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...judging.results import Run
from ...report.charts import Chart
from ...report.figure import (
    PlotlyFigure,
    build_dotted_lines,
    build_label,
    build_layout,
    build_line,
    escape_plotly_text,
)
from ...report.wording import format_number

IMAGES_PER_ROW = 10  # images of W1 to a row
IMAGE_GAP = 2  # pixels between them
SHADE_LEVELS = 12  # of ink or of colour: more would be seen by nobody, and weigh
# Blue through white to orange, as the matrix: negative, nothing, positive.
NEGATIVE_COLOUR, ZERO_COLOUR, POSITIVE_COLOUR = ((11, 92, 173), (255, 255, 255), (184, 58, 0))


@dataclass(frozen=True)
class MisreadDigit:
    """One misread digit. said: what was read, and by which ports."""

    image: str
    label: int
    index: int
    readings: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Pictures:
    """weights: a data URI, "" without. wrong: a port and how many digits it reads wrongly."""

    charts: tuple[Chart, ...]
    weights: str
    units: int
    digits: tuple[MisreadDigit, ...]
    wrong: tuple[tuple[str, str], ...]
    disagree: int

    @property
    def empty(self) -> bool:
        return not (self.charts or self.weights or self.digits)


def build_pictures(run: Run) -> Pictures:
    """Return every picture that the run has the data for."""
    arrays = {
        key.removeprefix("chapter/"): value
        for key, value in run.details.items()
        if key.startswith("chapter/")
    }
    drawn = [
        make(run.chapter, arrays)
        for needs, make in PICTURE_BUILDERS
        if all(name in arrays for name in needs)
    ]
    weights = arrays.get("W1")
    record = run.chapter.get("digits") or {}
    size = record.get("test_size") or 0
    return Pictures(
        tuple(drawn),
        draw_weight_sheet(weights) if weights is not None else "",
        0 if weights is None else len(weights),
        tuple(
            build_misread_digit(found, image)
            for found, image in zip(
                record.get("shown") or [], arrays.get("digits", ()), strict=False
            )
        ),
        format_wrong_counts(record.get("wrong") or {}, size),
        int(record.get("disagree") or 0),
    )


def format_wrong_counts(wrong: dict[str, int], size: int) -> tuple[tuple[str, str], ...]:
    """Return ports by how many digits they read wrongly, those with the same number together.

    >>> format_wrong_counts({"a": 50, "b": 50, "c": 51}, 1000)
    (('a, b', '50 of 1,000 (5.00 %)'), ('c', '51 of 1,000 (5.10 %)'))
    """
    by: dict[int, list[str]] = {}
    for name, count in wrong.items():
        by.setdefault(int(count), []).append(str(name))
    return tuple(
        (
            "all" if len(by) == 1 and len(names) > 1 else ", ".join(names),
            f"{n:,} of {size:,} ({100 * n / size:.2f} %)",
        )
        for n, names in by.items()
        if size
    )


def build_curve(
    x: np.ndarray, y: np.ndarray, name: str, colour: str, hover: str, **more: Any
) -> PlotlyFigure:
    """Return a line of a picture, which belongs to no port. colour: of the palette, or
    "neutral".
    """
    drawn = build_line(
        np.asarray(x, float), y, None, "picture", hover, name=escape_plotly_text(name), **more
    )
    drawn["meta"]["colour"] = colour
    drawn["showlegend"] = True
    return drawn


def build_picture_chart(
    name: str, title: str, note: str, data: list[PlotlyFigure], axes: PlotlyFigure
) -> Chart:
    """Return a picture with its legend above it."""
    axes["showlegend"] = True
    axes["legend"] = {"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0.0}
    axes["margin"] = {"l": 56, "r": 14, "t": 30, "b": 44}
    return Chart(name, title, note, {"data": data, "layout": axes})


def build_tangents(record: dict[str, Any], arrays: dict[str, np.ndarray]) -> Chart:
    """Section 4.3.2: the function and its two tangents."""
    x, y = arrays["function_1"]
    hover = "x = %{x:.3g}<br>%{y:.4g}"
    data = [build_curve(x, y, "0.01 x² + 0.1 x", "0", hover, line={"width": 2.5, "dash": "solid"})]
    for index, found in enumerate(record["tangents"], 1):
        at, slope, value = found["x"], found["slope"], found["value"]
        name = f"tangent at {at:g}, slope {format_number(slope, 12)}"
        thin = {"width": 1.6, "dash": "dash"}
        data.append(build_curve(x, value + slope * (x - at), name, str(index), hover, line=thin))
    note = (
        "Section 4.3.2. The slopes are numerical_diff's, with h = 1e-4; the true ones are 0.2 and "
        "0.3."
    )
    return build_picture_chart(
        "tangents", "function_1 and its tangents", note, data, build_layout("x", "f(x)")
    )


def build_gradient_field(record: dict[str, Any], arrays: dict[str, np.ndarray]) -> Chart:
    """Section 4.4, figure 4.9: arrows down the slope."""
    x, y, dx, dy = arrays["field"].T
    scale = 0.05
    tips = np.stack([x + scale * dx, y + scale * dy])
    gap = np.full_like(x, np.nan)
    shafts = {"width": 1.3, "dash": "solid"}
    hover = "(%{x:.2f}, %{y:.2f})"
    stems = build_curve(
        np.stack([x, tips[0], gap], axis=1).ravel(),
        np.stack([y, tips[1], gap], axis=1).ravel(),
        "minus the gradient",
        "0",
        hover,
        line=shafts,
        hoverinfo="skip",
    )
    heads = build_curve(tips[0], tips[1], "minus the gradient", "0", hover, mode="markers")
    angles = np.degrees(np.arctan2(dx, dy))
    long = np.hypot(dx, dy) > 1e-9
    heads["marker"] = {
        "symbol": ["arrow" if there else "circle" for there in long],
        "size": 7,
        "angle": [round(float(angle), 1) for angle in angles],
    }
    heads["showlegend"] = False
    axes = build_layout("x0", "x1")
    axes["yaxis"] |= {"scaleanchor": "x", "range": [-2.3, 2.3]}
    axes["xaxis"]["range"] = [-2.3, 2.3]
    note = (
        "Section 4.4, figure 4.9: minus numerical_gradient of x0² + x1². Each arrow points down "
        "the slope, and is longer where it is steeper."
    )
    return build_picture_chart(
        "field", "The gradient field of function_2", note, [stems, heads], axes
    )


def build_descent_paths(record: dict[str, Any], arrays: dict[str, np.ndarray]) -> Chart:
    """Section 4.4.1: the path of the right learning rate, over level lines."""
    turn = np.linspace(0, 2 * np.pi, 73)
    data = []
    for radius in range(1, 6):
        level = {"width": 0.8, "dash": "dot"}
        ring = build_curve(
            radius * np.cos(turn), radius * np.sin(turn), "level lines", "neutral", "", line=level
        )
        ring |= {"showlegend": radius == 1, "hoverinfo": "skip"}
        del ring["hovertemplate"]
        data.append(ring)
    for index, (rate, path) in enumerate(zip(record["rates"], arrays["paths"], strict=True)):
        inside = np.abs(path).max(axis=1) < 1e3
        shown = path[: max(int(np.argmin(inside)), 1) + 1 if not inside.all() else len(path)]
        hover = "(%{x:.4g}, %{y:.4g})"
        look = {"mode": "lines+markers", "marker": {"size": 7 if rate < 1e-3 else 5}}
        shape = {"width": 1.6, "dash": "solid"}
        name = f"lr = {format_number(rate)}"
        data.append(
            build_curve(shown[:, 0], shown[:, 1], name, str(index), hover, line=shape, **look)
        )
    axes = build_layout("x0", "x1")
    axes["xaxis"]["range"] = [-6.4, 6.4]
    axes["yaxis"] |= {"range": [-5.4, 5.4], "scaleanchor": "x"}
    note = (
        "Section 4.4.1: 100 steps from (-3, 4). At 0.1 it reaches the minimum; at 10 the first "
        "step already leaves the frame; at 1e-10 it does not move."
    )
    return build_picture_chart("descent", "Gradient descent", note, data, axes)


def build_minimum_distances(record: dict[str, Any], arrays: dict[str, np.ndarray]) -> Chart:
    """Section 4.4.1: how far from the minimum after each step."""
    data = []
    for index, (rate, path) in enumerate(zip(record["rates"], arrays["paths"], strict=True)):
        shape = {"width": 2, "dash": "solid"}
        name = f"lr = {format_number(rate)}"
        hover = "after %{x} steps: %{y:.3g}"
        away = np.linalg.norm(path, axis=1)
        data.append(build_curve(np.arange(len(path)), away, name, str(index), hover, line=shape))
    note = (
        "How far each is from the minimum at (0, 0). At 10 it overshoots until the difference "
        "quotient itself breaks down, and ends at (-2.59e13, -1.30e12), as the chapter prints."
    )
    axes = build_layout("step", "distance to the minimum", log_y=True)
    return build_picture_chart("distance", "Learning rates", note, data, axes)


def build_epsilon_losses(record: dict[str, Any], arrays: dict[str, np.ndarray]) -> Chart:
    """Section 4.2.2: what the epsilon does to a small probability."""
    p, *curves = arrays["losses"]
    data = []
    for index, (epsilon, y) in enumerate(zip(record["epsilons"], curves, strict=True)):
        name = f"epsilon {format_number(epsilon)}" + (", the chapter's" if index == 0 else "")
        dash = "solid" if epsilon else "dot"
        hover = "p = %{x:.3g}: loss %{y:.5g}"
        data.append(build_curve(p, y, name, str(index), hover, line={"width": 2, "dash": dash}))
    note = (
        "-log(p + epsilon) of a true class that was given probability p. The epsilon is a ceiling: "
        "the chapter's loss never exceeds 16.1, and below p = 1e-7 its gradient fades away."
    )
    axes = build_layout("probability of the true class", "loss", log_x=True)
    return build_picture_chart("epsilon", "The loss over an epsilon", note, data, axes)


def build_step_size_errors(record: dict[str, Any], arrays: dict[str, np.ndarray]) -> Chart:
    """Section 4.3.1: the step that is too small."""
    data = []
    for dtype, dash in (("float64", "solid"), ("float32", "dot")):
        h, forward, central = arrays[f"differences {dtype}"]
        for index, (name, error) in enumerate((("forward", forward), ("central", central))):
            y = np.where(error > 0, error, np.nan)
            shape = {"width": 2, "dash": dash}
            hover = "h = %{x:.2g}: relative error %{y:.2g}"
            data.append(build_curve(h, y, f"{name}, {dtype}", str(index), hover, line=shape))
    axes = build_layout("h", "relative error", log_x=True, log_y=True)
    axes["shapes"] = build_dotted_lines("x", 1e-4)
    axes["annotations"] = [build_label("h = 1e-4", ("x", -4, "left"), ("paper", 0.02, "bottom"))]
    note = (
        "Section 4.3.1, the wrong h: the error of the slope of x³ - 2x at 2. From the right, a "
        "smaller h helps until rounding takes over; at the chapter's 10e-50, far off to the left, "
        "every derivative is 0 and the error is all of it."
    )
    return build_picture_chart("wrong-h", "The wrong h", note, data, axes)


PictureBuilder = Callable[[dict[str, Any], dict[str, np.ndarray]], Chart]
PICTURE_BUILDERS: tuple[tuple[tuple[str, ...], PictureBuilder], ...] = (
    (("function_1",), build_tangents),
    (("field",), build_gradient_field),
    (("paths",), build_descent_paths),
    (("paths",), build_minimum_distances),
    (("losses",), build_epsilon_losses),
    (("differences float64", "differences float32"), build_step_size_errors),
)


def draw_weight_sheet(images: np.ndarray) -> str:
    """Return the columns of W1 as pictures on one sheet, blue to orange: a data URI."""
    count, height, width = images.shape
    rows = -(-count // IMAGES_PER_ROW)
    shape = (
        rows * (height + IMAGE_GAP) - IMAGE_GAP,
        IMAGES_PER_ROW * (width + IMAGE_GAP) - IMAGE_GAP,
        4,
    )
    sheet = np.zeros(shape, np.uint8)  # see-through
    for number_, image in enumerate(images):
        top, left = (
            (number_ // IMAGES_PER_ROW) * (height + IMAGE_GAP),
            (number_ % IMAGES_PER_ROW) * (width + IMAGE_GAP),
        )
        sheet[top : top + height, left : left + width] = colour_weights(image)
    return encode_png(sheet)


def colour_weights(image: np.ndarray) -> np.ndarray:
    """Signed bytes as colours (H, W, 4)."""
    share = (
        np.round(SHADE_LEVELS * np.sqrt(np.abs(image.astype(float)) / 127.0))[..., None]
        / SHADE_LEVELS
    )
    ends = np.where(image[..., None] < 0, NEGATIVE_COLOUR, POSITIVE_COLOUR)
    rgb = np.round(ZERO_COLOUR + share * (ends - np.array(ZERO_COLOUR))).astype(np.uint8)
    return np.concatenate([rgb, np.full((*image.shape, 1), 255, np.uint8)], axis=-1)


def build_misread_digit(record: dict[str, Any], image: np.ndarray) -> MisreadDigit:
    """Return one misread digit, dark on white as it was written."""
    grey = np.round(image / 255.0 * SHADE_LEVELS) / SHADE_LEVELS * 255.0
    ink = np.repeat((255.0 - grey).astype(np.uint8)[..., None], 3, axis=-1)
    opaque = np.concatenate([ink, np.full((*image.shape, 1), 255, np.uint8)], axis=-1)
    by: dict[int, list[str]] = {}
    for port, answer in record["said"].items():
        by.setdefault(int(answer), []).append(str(port))
    wrong = {answer: ports for answer, ports in by.items() if answer != int(record["label"])}
    several = len(by) > 1
    said = tuple(
        (answer, ", ".join(ports) if several else "all") for answer, ports in wrong.items()
    )
    return MisreadDigit(encode_png(opaque), int(record["label"]), int(record["index"]), said)


def encode_png(pixels: np.ndarray) -> str:
    """Return pixels (H, W, 4) as a data URI."""
    from matplotlib.image import imsave

    out = io.BytesIO()
    imsave(out, pixels, format="png", metadata={"Software": "trueport"})
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")
