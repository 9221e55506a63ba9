"""Where in its tensor a finding's error lies: a map of coloured cells. Pure."""

from dataclasses import dataclass

import numpy as np

from ..judging.results import Run
from ..judging.verdict import Verdict
from .figure import PlotlyFigure, build_layout, pack_array

MAX_CELLS_WITH_GAP = 16  # cells along the longer side with a gap between them


@dataclass(frozen=True)
class ErrorMap:
    """name: of the figure. rows: how many the map has, which decides its height."""

    name: str
    note: str
    rows: int
    figure: PlotlyFigure


def build_error_map(run: Run, verdict: Verdict, anchor: str) -> ErrorMap | None:
    """Return the map of a finding, or None where its worst output is a single number."""
    record = verdict.evidence or {}
    name, shape = record.get("arrays"), record.get("shape")
    used, difference, flat = (
        run.details.get(f"{name}/{key}") for key in ("used", "difference", "flat")
    )
    if used is None or difference is None or flat is None or not shape:
        return None
    rows, columns = used.shape
    arrays = {"flat": (flat, "i4"), "difference": (difference, "f4"), "used": (used, "f4")}
    packed = {key: pack_array(*array) for key, array in arrays.items()}
    meta = {"role": "map", "series": -1, "shape": [int(n) for n in shape], **packed}
    trace = build_cells(used) | {"meta": meta}
    layout = build_layout("last axis", "the axes before it" if rows > 1 else "")
    for axis, ends in (("xaxis", [-0.5, columns - 0.5]), ("yaxis", [rows, 0])):
        # No numbers along the axes: the hover names the true index.
        layout[axis] |= {"showgrid": False, "showticklabels": False, "ticks": "", "range": ends}
    layout |= {"barmode": "overlay", "margin": {"l": 34, "r": 10, "t": 26, "b": 34}}
    note = (
        f"{record.get('output', 'the output')} of shape ({', '.join(map(str, shape))}): the share "
        "of the budget that each element used, in powers of ten; above 1e0 it is no longer "
        "rounding. Empty cells are exactly equal."
    )
    if used.size < int(np.prod(shape)):
        note += f" Thinned to {rows} x {columns} cells, the worst element of each."
    return ErrorMap(f"{anchor}-map", note, rows, {"data": [trace], "layout": layout})


def build_cells(used: np.ndarray) -> PlotlyFigure:
    """Return shares of the budget (rows, columns) as bars of one cell each, by powers of ten.

    plotly's smallest bundle draws bars, and no heat map.
    """
    with np.errstate(divide="ignore"):
        powers = np.log10(used.astype(float))
    powers = np.where(used == 0, np.nan, np.nan_to_num(powers, nan=30.0, posinf=30.0, neginf=-30.0))
    limit = max(min(float(np.nanmax(powers, initial=1.0)), 9.0), 1.0)
    row, column = np.divmod(np.arange(used.size), used.shape[1])
    return {
        "type": "bar",
        "x": pack_array(column, "u2"),
        "base": pack_array(row, "u2"),
        "y": pack_array(np.ones_like(row), "u2"),
        "width": 1,
        "marker": {
            "color": pack_array(powers, "f4"),
            "cmin": -limit,
            "cmax": limit,
            "line": {"width": int(max(used.shape) <= MAX_CELLS_WITH_GAP)},
            "showscale": True,
            "colorbar": {
                "title": {"text": "share of budget", "side": "right"},
                **{"thickness": 12, "tickprefix": "1e", "nticks": 7},
            },
        },
    }
