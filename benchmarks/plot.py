"""The plot of docs/benchmarks.md: cost against steps, batch, hidden units and seeds."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.figures import compute_scale_points, select_series
from benchmarks.measure import BenchmarkRecord
from benchmarks.plan import PORT_DTYPES

# told apart by all eyes
PORT_COLOURS = {"reference": "#4477aa", "torch": "#cc6677", "keras": "#228833"}
COLUMNS = {"steps": "steps", "batch": "batch size", "hidden": "hidden units"}


def draw_plot(records: list[BenchmarkRecord], path: Path) -> None:
    """Draw cost and share of the hardware's rate against each size, and a study's cost."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "trueport"  # the same figures make the same file
    from matplotlib import pyplot as plt

    points = compute_scale_points(records)
    studies = [r for r in records if r["task"] == "compare study"]
    columns = 4 if studies else 3
    size = (3.3 * columns, 5.5)
    figure, axes = plt.subplots(2, columns, figsize=size, sharex="col", layout="constrained")
    for column, key in enumerate(COLUMNS):
        draw_scale(axes[:, column], points, key)
    axes[1, 0].set_ylabel("share of the product's rate, %")
    if studies:
        draw_studies(axes[0, 3], studies)
        axes[1, 3].axis("off")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def draw_scale(axes: Sequence[Any], points: list[BenchmarkRecord], key: str) -> None:
    """Draw cost above, and share of the hardware's rate below, against one size."""
    above, below = axes
    for port, line in select_series(points, key):
        x = [r[key] for r in line]
        style = {"color": PORT_COLOURS[port], "marker": "o", "label": f"{port} {PORT_DTYPES[port]}"}
        cost = [r["seconds"] / (1 if key == "steps" else r["steps"] / 1e3) for r in line]
        above.plot(x, cost, **style)
        below.plot(x, [100 * r["share"] for r in line], **style)
    above.set(xscale="log", yscale="log")
    above.set_ylabel("seconds" if key == "steps" else "ms a step")
    below.set(xscale="log", xlabel=COLUMNS[key], ylim=(0, 100))
    for axis in (above, below):
        axis.grid(alpha=0.3)


def draw_studies(axis: Any, studies: list[BenchmarkRecord]) -> None:
    """Draw the cost of a study against its seeds, for each number of workers."""
    for workers in sorted({r["workers"] for r in studies}, reverse=True):
        took = {r["seeds"]: r["seconds"] for r in studies if r["workers"] == workers}
        counts = sorted(took)
        style = {"color": "#555555", "marker": "o" if workers > 1 else "s"}
        axis.plot(counts, [took[n] for n in counts], **style, label=f"study, workers: {workers}")
    axis.set(xlabel="seeds", ylabel="seconds of a study", ylim=(0, None))
    axis.tick_params(labelbottom=True)
    axis.legend(frameon=False, fontsize=8)
    axis.grid(alpha=0.3)
