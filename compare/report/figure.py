"""The pieces of a plotly figure: packed arrays, lines, an empty layout.

Figures are plain dicts, so that the report needs plotly's JavaScript alone; a test hands each one
to plotly's own validator. Colours are not in them: a line carries its series' colour number in
`meta`, and the page's script looks it up in the style sheet, for light, dark and paper.
"""

import base64
import html
from typing import Any

import numpy as np

from .series import Series
from .wording import clean_text

PlotlyFigure = dict[str, Any]


def pack_array(values: np.ndarray, kind: str) -> dict[str, str]:
    """An array as plotly reads it from base64, little-endian on every machine.

    >>> pack_array(np.array([1, 2]), "u2")
    {'dtype': 'u2', 'bdata': 'AQACAA=='}
    """
    with np.errstate(over="ignore"):
        array = np.asarray(values).astype(np.dtype(kind).newbyteorder("<"))
    return {"dtype": kind, "bdata": base64.b64encode(array.tobytes()).decode("ascii")}


def escape_plotly_text(text: str) -> str:
    """text for plotly, which reads a little HTML in names and titles.

    >>> escape_plotly_text("<b>%{x}</b>")
    '&lt;b&gt;%{x}&lt;/b&gt;'
    """
    return html.escape(clean_text(text), quote=False)


def build_line(
    x: np.ndarray, y: np.ndarray, of: Series | None, role: str, hover: str, **more: Any
) -> PlotlyFigure:
    """One line. of: the series whose chip switches it on and off; None: it is always there."""
    steps = np.asarray(x)
    integers = np.issubdtype(steps.dtype, np.integer)
    small = integers and steps.max(initial=0) < 65536
    name = escape_plotly_text(of.name) if of else more.pop("name")
    trace: PlotlyFigure = {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": pack_array(steps, ("u2" if small else "i4") if integers else "f4"),
        "y": pack_array(y, "f4"),
        "hovertemplate": f"%{{fullData.name}}<br>{hover}<extra></extra>",
        "line": {"width": 1.4, "dash": of.dash if of else "dash"},
        "meta": {
            "series": of.index if of else -1,
            "role": role,
            "colour": of.colour if of else "neutral",
        },
        "showlegend": False,
    }
    line_style = more.pop("line", {})
    trace["line"].update(line_style)
    trace.update(more)
    return trace


def build_layout(
    x_title: str, y_title: str, log_x: bool = False, log_y: bool = False
) -> PlotlyFigure:
    """Axes and margins; the script adds the colours."""

    def axis(title: str, log: bool) -> PlotlyFigure:
        found: PlotlyFigure = {"title": {"text": title, "standoff": 8}, "automargin": True}
        found["zeroline"] = False
        if log:
            found |= {
                "type": "log",
                "exponentformat": "power",
                "nticks": 9,
                "minorloglabels": "none",
            }
        return found

    return {
        "xaxis": axis(x_title, log_x) | {"nticks": 7},
        "yaxis": axis(y_title, log_y),
        "margin": {"l": 56, "r": 14, "t": 30, "b": 44},
        "hovermode": "closest",
        "hoverlabel": {"namelength": -1, "align": "left"},
        "showlegend": False,
        "dragmode": "zoom",
    }


def build_floor_line(floor: float) -> PlotlyFigure:
    """The line on which exact zeros are drawn, named on the figure itself."""
    return {
        "shapes": [
            {
                "type": "line",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "yref": "y",
                "y0": floor,
                "y1": floor,
                "line": {"width": 1, "dash": "dot"},
                "layer": "below",
            }
        ],
        "annotations": [
            {
                "xref": "paper",
                "x": 1,
                "xanchor": "right",
                "yref": "y",
                "y": float(np.log10(floor)),  # plotly places annotations by the exponent
                "yanchor": "bottom",
                "text": "exactly equal",
                "showarrow": False,
            }
        ],
    }
