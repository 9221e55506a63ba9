"""The curves as SVG files for the Markdown report, drawn by matplotlib. Same run, same bytes."""

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from ..judging.results import Run
from . import palette
from .downsample import choose_log_floor, choose_smoothing_width, downsample, smooth_curve
from .series import Series, build_series
from .wording import clean_text

if TYPE_CHECKING:  # matplotlib takes half a second to load: only when something is drawn
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

MAX_PLOT_POINTS = 800  # to a curve: a plot in Markdown is 800 pixels wide and cannot be zoomed


@dataclass(frozen=True)
class Plot:
    """One plot, the name of its file without the ending, and what it shows."""

    name: str
    title: str
    note: str
    svg: bytes


def draw_plots(run: Run) -> list[Plot]:
    """Every plot that has something to show."""
    lines = build_series(run)
    drawn = []
    if any(len(line.trace.loss) for line in lines):
        drawn.append(draw_loss(lines))
    if any(len(line.trace.accuracy_steps) for line in lines):
        drawn.append(draw_accuracy(lines))
    if any(len(line.compute_loss_difference()) for line in lines):
        drawn.append(draw_loss_difference(lines))
    if any((line.trace.checkpoint_steps > 0).any() for line in lines if not line.is_truth):
        drawn.append(draw_param_distance(lines))
    return drawn


def draw_loss(lines: list[Series]) -> Plot:
    """Smoothed loss over a faint raw one, on a log axis, where both ends can be read."""
    axes = create_axes("step", "loss")
    width = choose_smoothing_width(max(len(line.trace.loss) for line in lines))
    for line in lines:
        values = np.where(np.isfinite(line.trace.loss), line.trace.loss, np.nan)
        kept = downsample(values, MAX_PLOT_POINTS)
        axes.plot(kept + 1, values[kept], color=choose_colour(line), alpha=0.15, lw=0.7)
        mean = smooth_curve(values, width)
        kept = downsample(mean, MAX_PLOT_POINTS // 2)
        axes.plot(
            kept + 1,
            mean[kept],
            color=choose_colour(line),
            ls=line.line_style,
            lw=choose_line_width(line),
        )
    if any((line.trace.loss > 0).any() for line in lines):
        set_log_axis(axes.yaxis)
    note = f"Loss per step; the running mean of {width} steps over the raw curve, faint."
    return finish_plot(axes, lines, "loss", "Loss per step", note)


def draw_accuracy(lines: list[Series]) -> Plot:
    """Test accuracy at each epoch."""
    axes = create_axes("step", "test accuracy")
    drawn = [line for line in lines if len(line.trace.accuracy_steps)]
    for line in drawn:
        steps, values = line.trace.accuracy_steps, line.trace.test_acc
        axes.plot(
            steps, values, color=choose_colour(line), ls=line.line_style, lw=choose_line_width(line)
        )
    return finish_plot(axes, drawn, "accuracy", "Test accuracy", "Test accuracy, once an epoch.")


def draw_loss_difference(lines: list[Series]) -> Plot:
    """|loss - true loss| and its envelope."""
    axes = create_axes("step", "|loss - true loss|")
    drawn = [line for line in lines if len(line.compute_loss_difference())]
    floor = choose_log_floor([line.compute_loss_difference() for line in drawn])
    for line in drawn:
        values = raise_to_floor(line.compute_loss_difference(), floor)
        kept = downsample(values, MAX_PLOT_POINTS)
        axes.plot(kept + 1, values[kept], color=choose_colour(line), ls=line.line_style, lw=0.8)
        if line.trace.loss_envelope is not None:
            allowed = raise_to_floor(np.asarray(line.trace.loss_envelope), floor)
            kept = downsample(allowed, MAX_PLOT_POINTS // 4)
            axes.plot(kept + 1, allowed[kept], color=choose_colour(line), ls="--", lw=1.2)
    set_log_axis(axes.yaxis)
    note = f"Difference of the loss to the truth; dashed: the envelope. {format_floor_note(floor)}"
    return finish_plot(axes, drawn, "loss-difference", "Difference of the loss to the truth", note)


def draw_param_distance(lines: list[Series]) -> Plot:
    """|W - W truth| / |W truth| at the checkpoints and its envelope."""
    axes = create_axes("step", "|W - W truth| / |W truth|")
    drawn = [i for i in lines if not i.is_truth and (i.trace.checkpoint_steps > 0).any()]
    floor = choose_log_floor([i.trace.param_distance[i.trace.checkpoint_steps > 0] for i in drawn])
    for line in drawn:
        later = line.trace.checkpoint_steps > 0
        steps = line.trace.checkpoint_steps[later]
        values = raise_to_floor(line.trace.param_distance[later], floor)
        axes.plot(
            steps, values, color=choose_colour(line), ls=line.line_style, marker="o", ms=3, lw=1.2
        )
        if line.trace.param_envelope is not None:
            allowed = raise_to_floor(line.trace.param_envelope[later], floor)
            axes.plot(steps, allowed, color=choose_colour(line), ls="--", lw=1)
    set_log_axis(axes.xaxis)
    set_log_axis(axes.yaxis)
    note = (
        f"Distance of the parameters to the truth; dashed: the envelope. {format_floor_note(floor)}"
    )
    return finish_plot(
        axes, drawn, "param-distance", "Distance of the parameters to the truth", note
    )


def raise_to_floor(values: np.ndarray, floor: float) -> np.ndarray:
    """values for a log axis: zeros at the floor, what is not finite as a gap."""
    return np.where(np.isfinite(values), np.maximum(values, floor), np.nan)


def format_floor_note(floor: float) -> str:
    return f"Exact agreement is drawn at {floor:.0e}."


def choose_colour(line: Series) -> str:
    """The light palette: the plots have a white ground."""
    return palette.TRUTH_LIGHT if line.is_truth else palette.LIGHT_COLOURS[int(line.colour)]


def choose_line_width(line: Series) -> float:
    return 4.0 if line.is_truth else 1.5


def create_axes(x: str, y: str) -> "Axes":
    """Axes on a figure of their own: no pyplot, so no global state and no display."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.2))
    # Fixed margins: a layout engine would draw everything twice.
    figure.subplots_adjust(left=0.1, right=0.79, top=0.92, bottom=0.12)
    FigureCanvasSVG(figure)
    axes = figure.add_subplot()
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(True, color="#e5e8ee", lw=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def set_log_axis(axis: "Axis") -> None:
    """A logarithmic axis with ticks at the decades alone: the rest crowds, and is slow to set."""
    from matplotlib.ticker import FuncFormatter, NullLocator

    axes = axis.axes
    axes.set_xscale("log") if axis is axes.xaxis else axes.set_yscale("log")
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, position: f"{value:g}"))


def finish_plot(axes: "Axes", lines: list[Series], name: str, title: str, note: str) -> Plot:
    """Legend, title and the bytes."""
    import matplotlib
    from matplotlib.lines import Line2D

    # at a place of its own: to find one, matplotlib lays out every label once more
    axes.set_title(title, loc="left", y=1.0, fontsize=11, fontweight="bold")
    figure = cast("Figure", axes.figure)
    handles = [
        Line2D([], [], color=choose_colour(i), ls=i.line_style, lw=choose_line_width(i))
        for i in lines
    ]
    legend = figure.legend(
        handles,
        [str(i.index) for i in lines],
        loc="upper left",
        bbox_to_anchor=(0.79, 0.94),
        frameon=False,
        fontsize=8,
    )
    for text, line in zip(legend.get_texts(), lines, strict=True):
        text.set_parse_math(False)  # a port named $x$ is a name, not mathematics
        name_shown = clean_text(line.name)
        if len(name_shown) > 20:  # the margin has room for no more; the dtype stands at the end
            name_shown = f"{name_shown[:9]}…{name_shown[-10:]}"
        text.set_text(name_shown)
    out = io.BytesIO()
    with (
        # Without a salt the ids in the file are random.
        matplotlib.rc_context({"svg.hashsalt": f"trueport-{name}", "svg.fonttype": "path"}),
        warnings.catch_warnings(),
    ):
        warnings.filterwarnings("ignore", "Glyph .* missing")  # an unknown script shows as boxes
        figure.savefig(out, format="svg", facecolor="white", metadata={"Date": None})
    return Plot(name, title, note, out.getvalue())
