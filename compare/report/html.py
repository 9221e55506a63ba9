"""Templates filled in; and what every page has: one file that opens offline and asks for nothing.

Every text of a run goes through an escape, and figures travel as JSON in which `<` cannot end a
script. Should either fail, the page's Content-Security-Policy lets no script run but ours.
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

from . import markup, wording
from .figure import PlotlyFigure
from .highlight import highlight_code
from .series import DARK_COLOURS, LIGHT_COLOURS, TRUTH_DARK, TRUTH_LIGHT, format_css_variables

TEMPLATE_FOLDER = Path(__file__).parent / "templates"
# npm's plotly.js-basic-dist-min: scatter, bar and pie; its licence lies beside it
PLOTLY = Path(__file__).parent / "plotly" / "plotly-basic-4.1.1.min.js"
TONE_SYMBOLS = {"good": "✓", "convention": "≈", "bad": "✗", "unknown": "?"}
FILTERS = {
    "breakable": lambda text: Markup(re.sub(r"([._])", r"\1<wbr>", markup.escape_html(text))),
    "code_block": lambda text: Markup(markup.format_code_block(text)),
    "code_span": lambda text: Markup(markup.format_code_span(text)),
    "html_only": lambda text: Markup(markup.escape_html(text)),
    "megabytes": wording.format_megabytes,
    "number": wording.format_number,
    "objectid": id,  # a verdict is a dataclass with ==, and so has no hash
    "port_style": wording.get_port_style,
    "python": highlight_code,
    "seconds": wording.format_seconds,
    "share": wording.format_share,
    "verdict_style": wording.get_status_style,
}


def render_page(
    template: str,
    scripts: Sequence[str] = (),
    figures: Mapping[str, PlotlyFigure] | None = None,
    folder: Path = TEMPLATE_FOLDER,
    **content: Any,
) -> str:
    """Return a page made of a template that extends `base.html.j2`.

    scripts: names of ours that it needs.
    figures: by name; a page without any needs no 1.2 MB to draw them; None where no script asks for
        them.
    folder: of the template.
    """
    script = "".join((TEMPLATE_FOLDER / name).read_text(encoding="utf-8") for name in scripts)
    plotly = load_plotly_js() if figures else ""
    return render_template(
        template,
        folder,
        policy=build_security_policy([text for text in (plotly, script) if text]),
        figures=None if figures is None else Markup(encode_figures(figures)),
        light=Markup(format_css_variables(LIGHT_COLOURS, TRUTH_LIGHT)),
        dark=Markup(format_css_variables(DARK_COLOURS, TRUTH_DARK)),
        script=Markup(script),
        plotly=Markup(plotly),
        tones=TONE_SYMBOLS,
        **content,
    )


def render_template(template: str, folder: Path = TEMPLATE_FOLDER, **content: Any) -> str:
    """Return a template of a folder, or of ours, filled in; in Markdown if that is what it is."""
    made = create_jinja_environment(folder, template.endswith(".md.j2"))
    return made.get_template(template).render(**content)


@cache
def create_jinja_environment(folder: Path, markdown: bool) -> jinja2.Environment:
    """Return Jinja with every guard on."""

    def escape(value: Any) -> Any:
        if type(value) is not str:  # Markup is ours, and left alone
            return value
        return Markup(markup.escape_markdown(value)) if markdown else wording.clean_text(value)

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([folder, TEMPLATE_FOLDER]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=markdown,
        finalize=escape,
    )
    made.filters |= FILTERS
    made.globals |= {"table": lambda *parts: Markup(markup.render_table(*parts))}
    return made


def load_plotly_js() -> str:
    """Return plotly's JavaScript."""
    text = PLOTLY.read_text(encoding="utf-8")
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
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()) for text in scripts]
    allowed = " ".join(f"'sha256-{value.decode()}'" for value in hashes) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
