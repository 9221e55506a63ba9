"""Where in its tensor a finding's error lies: a heat map. Pure."""

from dataclasses import dataclass

import numpy as np

from ..judging.results import Run, Verdict
from .figure import PlotlyFigure, build_layout, pack_array

MAX_CELLS_WITH_GAP = 16  # cells to a side with a gap between them


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
    trace = build_heatmap(used) | {"meta": meta}
    layout = build_layout("last axis", "the axes before it" if rows > 1 else "")
    for axis, count in (("xaxis", columns), ("yaxis", rows)):
        # Bars of cells, not numbers: the hover names the true index.
        layout[axis] |= {"showgrid": False, "showticklabels": False, "ticks": ""}
        layout[axis]["range"] = [-0.5, count - 0.5]
    layout["yaxis"]["autorange"] = "reversed"
    layout["margin"] = {"l": 34, "r": 10, "t": 26, "b": 34}
    note = (
        f"{record.get('output', 'the output')} of shape ({', '.join(map(str, shape))}): the share "
        "of the budget that each element used, in powers of ten; above 1e0 it is no longer "
        "rounding. Empty cells are exactly equal."
    )
    if used.size < int(np.prod(shape)):
        note += f" Thinned to {rows} x {columns} cells, the worst element of each."
    return ErrorMap(f"{anchor}-map", note, rows, {"data": [trace], "layout": layout})


def build_heatmap(used: np.ndarray) -> PlotlyFigure:
    """Return shares of the budget (rows, columns) as a heat map of powers of ten."""
    with np.errstate(divide="ignore"):
        z = np.log10(used.astype(float))
    z = np.where(used == 0, np.nan, np.nan_to_num(z, nan=30.0, posinf=30.0, neginf=-30.0))
    rows, columns = z.shape
    limit = max(min(float(np.nanmax(z, initial=1.0)), 9.0), 1.0)
    return {
        "type": "heatmap",
        "z": pack_array(z, "f4") | {"shape": f"{rows}, {columns}"},
        "zmin": -limit,
        "zmax": limit,
        "xgap": int(columns <= MAX_CELLS_WITH_GAP),
        "ygap": int(rows <= MAX_CELLS_WITH_GAP),
        "hoverongaps": True,
        "colorbar": {
            "title": {"text": "share of budget", "side": "right"},
            **{"thickness": 12, "tickprefix": "1e", "nticks": 7},
        },
    }
