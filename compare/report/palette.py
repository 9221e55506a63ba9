"""The colours of the curves: one per port, told apart by the colour-blind, light and dark.

The first ones are Okabe and Ito's, darkened or lightened until each stands out at least 3:1 from
its page. The style sheet, the page's script and the SVG plots all take them from here.
"""

LIGHT_COLOURS = (
    *("#0072b2", "#d55e00", "#00845f", "#b5488b", "#946600"),
    *("#6a4fbf", "#0f7f86", "#8c4a2f", "#5b6b7f", "#66771c"),
)
DARK_COLOURS = (
    *("#5ab4f0", "#ff8a4c", "#3fd0a0", "#ee8fc6", "#e6b84a"),
    *("#b09cff", "#4fd1d1", "#d69a78", "#a9b8cb", "#b9cc5a"),
)
TRUTH_LIGHT, TRUTH_DARK = "#8b929c", "#8d96a3"

# plotly's name and matplotlib's; the dtype is told by the dash, the port by the colour
DASHES = {"float64": ("solid", "-"), "float32": ("dot", ":")}
OTHER_DASH = ("dashdot", "-.")


def choose_dash(dtype: str) -> tuple[str, str]:
    """Return the dash of a dtype, for plotly and for matplotlib.

    >>> choose_dash("float32"), choose_dash("bfloat16")
    (('dot', ':'), ('dashdot', '-.'))
    """
    return DASHES.get(dtype, OTHER_DASH)


def format_css_variables(scheme: str) -> str:
    """Return the colours as CSS custom properties.

    >>> format_css_variables("light")[:18]
    '--series-0: #0072b'
    """
    colours = LIGHT_COLOURS if scheme == "light" else DARK_COLOURS
    lines = [f"--series-{i}: {colour};" for i, colour in enumerate(colours)]
    truth = TRUTH_LIGHT if scheme == "light" else TRUTH_DARK
    return " ".join([*lines, f"--series-truth: {truth};"])
