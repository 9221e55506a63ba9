"""The pieces of a plotly figure, plain dicts: the report needs plotly's JavaScript alone.

A line carries its colour's number in `meta`: the page's script looks it up in the style sheet,
for light, dark and paper.
"""

import base64
import html
from typing import Any

import numpy as np

from .series import Series
from .wording import clean_text

PlotlyFigure = dict[str, Any]


def pack_array(values: np.ndarray, kind: str) -> dict[str, str]:
    """Return an array as plotly reads it from base64, little-endian on every machine.

    >>> pack_array(np.array([1, 2]), "u2")
    {'dtype': 'u2', 'bdata': 'AQACAA=='}
    """
    with np.errstate(over="ignore"):
        array = np.asarray(values).astype(np.dtype(kind).newbyteorder("<"))
    return {"dtype": kind, "bdata": base64.b64encode(array.tobytes()).decode("ascii")}


def escape_plotly_text(text: str) -> str:
    """Return text for plotly, which reads a little HTML in names and titles.

    >>> escape_plotly_text("<b>%{x}</b>")
    '&lt;b&gt;%{x}&lt;/b&gt;'
    """
    return html.escape(clean_text(text), quote=False)


def build_line(
    x: np.ndarray, y: np.ndarray, of: Series | None, role: str, hover: str, **more: Any
) -> PlotlyFigure:
    """Return one line.

    of: the series whose chip switches it on and off; None: it is always there, under its own name.
    """
    steps = np.asarray(x)
    kind = "f4"
    if np.issubdtype(steps.dtype, np.integer):
        kind = "u2" if steps.max(initial=0) < 65536 else "i4"
    owner = (of.index, of.colour) if of else (-1, "neutral")
    trace: PlotlyFigure = {
        "type": "scatter",
        "mode": "lines",
        "name": escape_plotly_text(of.name) if of else more.pop("name"),
        "x": pack_array(steps, kind),
        "y": pack_array(y, "f4"),
        "hovertemplate": f"%{{fullData.name}}<br>{hover}<extra></extra>",
        "line": {"width": 1.4, "dash": of.dash if of else "dash"} | more.pop("line", {}),
        "meta": {"series": owner[0], "role": role, "colour": owner[1]},
        "showlegend": False,
    }
    return trace | more


def build_layout(
    x_title: str, y_title: str, log_x: bool = False, log_y: bool = False
) -> PlotlyFigure:
    """Return axes and margins; the script adds the colours."""
    log = {"type": "log", "exponentformat": "power", "nticks": 9, "minorloglabels": "none"}

    def axis(title: str) -> PlotlyFigure:
        return {"title": {"text": title, "standoff": 8}, "automargin": True, "zeroline": False}

    return {
        "xaxis": axis(x_title) | (log if log_x else {}) | {"nticks": 7},
        "yaxis": axis(y_title) | (log if log_y else {}),
        "margin": {"l": 56, "r": 14, "t": 30, "b": 44},
        "hovermode": "closest",
        "hoverlabel": {"namelength": -1, "align": "left"},
        "showlegend": False,
        "dragmode": "zoom",
    }


def build_floor_line(floor: float) -> PlotlyFigure:
    """Return the line on which exact zeros are drawn, named on the figure itself."""
    height = float(np.log10(floor))  # plotly places annotations by the exponent
    label = build_label("exactly equal", ("paper", 1, "right"), ("y", height, "bottom"))
    return {"shapes": build_dotted_lines("y", floor), "annotations": [label]}


def build_dotted_lines(axis: str, *places: float) -> list[PlotlyFigure]:
    """Return lines across the whole figure at some places of one axis, "x" or "y"."""
    other = "y" if axis == "x" else "x"
    across = {f"{other}ref": "paper", f"{other}0": 0, f"{other}1": 1, f"{axis}ref": axis}
    look = {"type": "line", "line": {"width": 1, "dash": "dot"}, "layer": "below"}
    return [look | across | {f"{axis}0": place, f"{axis}1": place} for place in places]


def build_label(text: str, x: tuple[str, float, str], y: tuple[str, float, str]) -> PlotlyFigure:
    """Return words on a figure.

    x, y: what they are placed by, where, and which side of them.
    """
    found: PlotlyFigure = {"text": text, "showarrow": False}
    for axis, (by, place, anchor) in (("x", x), ("y", y)):
        found |= {f"{axis}ref": by, axis: place, f"{axis}anchor": anchor}
    return found
