"""What every page has: one file that opens offline and asks nothing of any network.

Every text of a run goes through Jinja's autoescape; figures travel as JSON in which `<` cannot end
a script. Should either ever fail, the page's Content-Security-Policy names its own scripts by their
hash, lets no other run and lets nothing be fetched.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from . import palette
from .figure import PlotlyFigure
from .wording import clean_text

TEMPLATE_FOLDER = Path(__file__).parent / "templates"
TONE_SYMBOLS = {"good": "✓", "convention": "≈", "bad": "✗", "unknown": "?"}


def render_page(
    template: str,
    scripts: Sequence[str] = (),
    figures: Mapping[str, PlotlyFigure] | None = None,
    folder: Path = TEMPLATE_FOLDER,
    **content: Any,
) -> str:
    """Return a page made of a template that extends `base.html.j2`.

    scripts: names of ours that it needs.
    figures: by name; a page without any needs no 4.8 MB to draw them; None where no script asks for
        them.
    folder: of the template.
    """
    script = "".join((TEMPLATE_FOLDER / name).read_text(encoding="utf-8") for name in scripts)
    plotly = load_plotly_js() if figures else ""
    page = render_template(
        template,
        folder,
        policy=build_security_policy([text for text in (plotly, script) if text]),
        figures=None if figures is None else Markup(encode_figures(figures)),
        light=Markup(palette.format_css_variables("light")),
        dark=Markup(palette.format_css_variables("dark")),
        script=Markup(script),
        plotly=Markup(plotly),
        tones=TONE_SYMBOLS,
        **content,
    )
    return str(page)


def render_template(template: str, folder: Path = TEMPLATE_FOLDER, **content: Any) -> Markup:
    """Return a template of a folder, or of ours, filled in."""
    return Markup(create_jinja_environment(folder).get_template(template).render(**content))


@cache
def create_jinja_environment(folder: Path) -> jinja2.Environment:
    """Return Jinja with every guard on."""

    def printable(value: Any) -> Any:
        return clean_text(value) if type(value) is str else value  # Markup is ours, and left alone

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([folder, TEMPLATE_FOLDER]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=printable,
    )
    made.filters["objectid"] = id  # a verdict is a dataclass with ==, and so has no hash
    return made


@cache
def load_plotly_js() -> str:
    """Return plotly's JavaScript, as its Python package carries it; never from a network."""
    from plotly.offline import get_plotlyjs

    text = str(get_plotlyjs())
    if re.search(r"</script", text, re.IGNORECASE):
        raise ValueError("plotly.js must not hold '</script' to be inlined: another plotly, please")
    return text


def encode_figures(figures: Mapping[str, PlotlyFigure]) -> str:
    r"""Return figures as JSON that can stand inside a script element.

    >>> encode_figures({"a": {"data": ["</script>"], "layout": {}}})
    '{"a":{"data":["\\u003c/script\\u003e"],"layout":{}}}'
    """
    # ASCII alone, so no U+2028
    text = json.dumps(dict(figures), allow_nan=False, separators=(",", ":"))
    return text.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")


def build_security_policy(scripts: list[str]) -> str:
    """Return the Content-Security-Policy: these scripts and no other, and nothing is fetched."""
    hashes = [
        base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
        for script in scripts
    ]
    allowed = " ".join(f"'sha256-{value}'" for value in hashes) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
