"""The Rosetta page: formula, the implementations side by side, the conventions that were run."""

import re
from functools import cache
from typing import Any
from xml.etree import ElementTree

from markupsafe import Markup

from ...judging.results import Run
from ...ports.extras import needs_extra
from ...report.markup import render_table


def collect_rosetta(run: Run) -> dict[str, Any]:
    """Return the page's content, empty lists for a run that kept none; frameworks: versions."""
    versions = run.rosetta.get("versions") or {}
    return {
        "entries": run.rosetta.get("entries") or [],
        "conventions": run.rosetta.get("conventions") or [],
        "frameworks": {
            name: ", ".join(f"{k} {v}" for k, v in found.items())
            for name, found in versions.items()
        },
        "anchor": lambda name: re.sub(r"[\W_]", "-", name),
        "mathml": render_mathml,
    }


def render_conventions(rosetta: dict[str, Any]) -> tuple[str, ...]:
    """Return the table of conventions that the run executed, for Markdown; nothing without any."""
    if not rosetta["conventions"]:
        return ()
    columns = rosetta["frameworks"]
    rows = [
        (
            row["topic"],
            row["question"],
            *(row["cells"][name]["shown"] if name in row["cells"] else "–" for name in columns),
        )
        for row in rosetta["conventions"]
    ]
    heads = ["", "convention", *(versions or name for name, versions in columns.items())]
    return (
        "## Where the frameworks' conventions differ",
        "Every cell was run in this environment; `report.html` shows the code.",
        render_table(heads, rows, "l" * len(heads)),
    )


@cache
def render_mathml(latex: str) -> Markup:
    r"""Return a formula as MathML, which browsers set; as it is, where that is not all it holds.

    >>> render_mathml("x^2")[:5]
    Markup('<math')
    >>> render_mathml(r"\text{<script>}")
    Markup('<code>\\text{&lt;script&gt;}</code>')
    """
    with needs_extra("report"):
        from latex2mathml.converter import convert

    try:
        made = convert(latex, display="block")
        elements = list(ElementTree.fromstring(made).iter())
    except Exception:  # noqa: BLE001  # the converter has no error of its own
        elements = []
    # The converter lets markup inside text through: a formula holds m... elements and no more.
    if elements and all(is_harmless(element) for element in elements):
        return Markup(made)
    return Markup("<code>{}</code>").format(latex)


def is_harmless(element: ElementTree.Element) -> bool:
    """Tell whether an element is one of MathML's own, with nothing in it that acts."""
    name = element.tag.removeprefix("{http://www.w3.org/1998/Math/MathML}")
    acting = [key for key in element.attrib if key.startswith("on") or key.endswith("href")]
    return re.fullmatch("m[a-z]+", name) is not None and not acting
