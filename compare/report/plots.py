"""The curves as SVG files for the Markdown report, drawn by matplotlib. Same run, same bytes."""

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from ..judging.results import Run
from ..ports.extras import needs_extra
from . import curves
from .curves import CurveGroup
from .series import LIGHT_COLOURS, TRUTH_LIGHT, Series, build_series
from .wording import clean_text

if TYPE_CHECKING:  # matplotlib takes half a second to load: only when something is drawn
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

MAX_PLOT_POINTS = 800  # to a curve: a plot in Markdown is 800 pixels wide and cannot be zoomed
MAX_NAME_LENGTH = 20  # the margin has room for no more; a dtype stands at the end of a name


@dataclass(frozen=True)
class Plot:
    """One plot, the name of its file without the ending, and what it shows."""

    name: str
    title: str
    note: str
    svg: bytes


def draw_plots(run: Run) -> list[Plot]:
    """Return every plot that has something to show."""
    lines = build_series(run)
    points = (MAX_PLOT_POINTS, MAX_PLOT_POINTS // 3, MAX_PLOT_POINTS // 4)
    loss = curves.make_loss_curves(lines, MAX_PLOT_POINTS, MAX_PLOT_POINTS // 2)
    difference = curves.make_loss_difference_curves(lines, *points)
    distance = curves.make_param_distance_curves(lines)
    drawn = []
    if loss.lines:
        drawn.append(draw_loss(lines, loss))
    if trained := [line for line in lines if len(line.trace.accuracy_steps)]:
        drawn.append(draw_accuracy(trained))
    if difference.lines:
        drawn.append(draw_distance(difference, "|loss - true loss|", {"lw": 0.8}, 1.2))
    if distance.lines:
        look = {"marker": "o", "ms": 3, "lw": 1.2}
        drawn.append(draw_distance(distance, "|W - W truth| / |W truth|", look, 1))
    return drawn


def draw_loss(lines: list[Series], group: CurveGroup) -> Plot:
    """Draw the smoothed loss over a faint raw one, on a log axis, where both ends can be read."""
    axes = create_axes("step", "loss")
    for c in group.curves:
        look = choose_look(c.line)
        if c.role == "raw":
            look = {"color": look["color"], "alpha": 0.15, "lw": 0.7}
        axes.plot(c.x, c.y, **look)
    if any((line.trace.loss > 0).any() for line in group.lines):
        set_log_axis(axes.yaxis)
    note = f"Loss per step; the running mean of {group.width} steps over the raw curve, faint."
    return finish_series_plot(axes, lines, group.name, group.title, note)


def draw_accuracy(lines: list[Series]) -> Plot:
    """Draw the test accuracy at each epoch."""
    axes = create_axes("step", "test accuracy")
    for line in lines:
        axes.plot(line.trace.accuracy_steps, line.trace.test_acc, **choose_look(line))
    note = "Test accuracy, once an epoch."
    return finish_series_plot(axes, lines, "accuracy", "Test accuracy", note)


def draw_distance(group: CurveGroup, label: str, look: dict[str, Any], width: float) -> Plot:
    """Draw a distance to the truth in this look, and its envelope dashed and so wide."""
    axes = create_axes("step", label)
    for c in group.select("raw", "envelope"):
        style = look if c.role == "raw" else {"ls": "--", "lw": width}
        axes.plot(c.x, c.y, **choose_look(c.line) | style)
    if "marker" in look:  # some checkpoints, ever further apart
        set_log_axis(axes.xaxis)
    set_log_axis(axes.yaxis)
    note = f"{group.title}; dashed: the envelope. Exact agreement is drawn at {group.floor:.0e}."
    return finish_series_plot(axes, group.lines, group.name, group.title, note)


def choose_look(line: Series) -> dict[str, Any]:
    """Return the look of a curve on the plots' white ground: the truth lies widest, at the back."""
    colour = TRUTH_LIGHT if line.is_truth else LIGHT_COLOURS[int(line.colour)]
    return {"color": colour, "ls": line.line_style, "lw": 4.0 if line.is_truth else 1.5}


def create_axes(x: str, y: str) -> "Axes":
    """Axes on a figure of their own: no pyplot, so no global state and no display."""
    with needs_extra("report"):
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
    """Make an axis logarithmic, with ticks at the decades alone: the rest is slow, and crowds."""
    from matplotlib.ticker import FuncFormatter, NullLocator

    axes = axis.axes
    axes.set_xscale("log") if axis is axes.xaxis else axes.set_yscale("log")
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, position: f"{value:g}"))


def finish_series_plot(axes: "Axes", lines: list[Series], name: str, title: str, note: str) -> Plot:
    """Return the plot of curves of ports, with a legend of their names."""
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], **choose_look(i)) for i in lines]
    names = [clean_text(line.name) for line in lines]
    short = [n if len(n) <= MAX_NAME_LENGTH else f"{n[:9]}…{n[-10:]}" for n in names]
    return finish_plot(axes, handles, short, Plot(name, title, note, b""))


def finish_plot(
    axes: "Axes", handles: Sequence["Line2D"], names: Sequence[str], plot: Plot
) -> Plot:
    """Return a plot with its legend, its title and its bytes."""
    import matplotlib

    # at a place of its own: to find one, matplotlib lays out every label once more
    axes.set_title(plot.title, loc="left", y=1.0, fontsize=11, fontweight="bold")
    figure = cast("Figure", axes.figure)
    place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (0.79, 0.94)}
    numbers = [str(number) for number in range(len(names))]
    legend = figure.legend(handles, numbers, **place, frameon=False, fontsize=8)
    for text, name in zip(legend.get_texts(), names, strict=True):
        text.set_parse_math(False)  # a port named $x$ is a name, not mathematics
        text.set_text(name)
    out = io.BytesIO()
    # without a salt the ids in the file are random
    settings: Any = {"svg.hashsalt": f"trueport-{plot.name}", "svg.fonttype": "path"}
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # an unknown script shows as boxes
        figure.savefig(out, format="svg", facecolor="white", metadata={"Date": None})
    return replace(plot, svg=out.getvalue())
