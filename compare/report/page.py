"""The HTML page: one file that opens offline and asks nothing of any network.

Every text of the run goes through Jinja's autoescape; figures travel as JSON in which `<` cannot
end a script. Should either ever fail, the page's Content-Security-Policy names its two scripts by
their hash, lets no other run and lets nothing be fetched.
"""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from ..chapter.pages import pictures, rosetta
from ..judging.results import Run
from . import cross_port, epochs, findings, matrix, palette, settings, training
from .beside import Panel
from .cards import build_cards, list_key_figures
from .charts import Chart, build_charts
from .figure import PlotlyFigure
from .sentence import build_verdict_sentence
from .series import build_series
from .wording import STATUS_STYLES, clean_text, format_number

TEMPLATE_FOLDER = Path(__file__).parent / "templates"
TONE_SYMBOLS = {"good": "✓", "convention": "≈", "bad": "✗", "unknown": "?"}


def render_html(run: Run, beside: Sequence[Panel] = ()) -> str:
    """The report of a run as one page. The same run gives the same text.

    beside: sections on what else was measured (see `compare.report.find_panels`).
    """
    lines = build_series(run)
    drawn = build_charts(run)
    found = findings.build_findings(run)
    maps = {f.map.name: f.map.figure for f in findings.flatten_findings(found) if f.map}
    painted = pictures.build_pictures(run)
    others = maps | {chart.name: chart.figure for chart in painted.charts}
    script = read_template("fold.js") + read_template("page.js")
    any_chart = any(not chart.empty for chart in drawn) or bool(others)
    # A page without a curve needs no 4.8 MB to draw it.
    plotly = load_plotly_js() if any_chart else ""
    return (
        create_jinja_environment()
        .get_template("page.html.j2")
        .render(
            run=run,
            policy=build_security_policy([plotly, script]),
            sentence=build_verdict_sentence(run),
            tones=TONE_SYMBOLS,
            note=settings.format_data_note(run),
            beside=beside,
            cards=build_cards(run),
            glance=list_key_figures(run),
            matrix=matrix.build_matrix(run),
            anchors={id(f.verdict): f.anchor for f in findings.flatten_findings(found)},
            legend=STATUS_STYLES.values(),
            lines=lines,
            trained=[training.build_training_row(line) for line in lines],
            charts=drawn,
            any_chart=any_chart,
            figures=Markup(encode_figures(drawn, others)),
            epochs=epochs.build_epoch_table(run),
            rosetta=rosetta.build_rosetta(run),
            pictures=painted,
            pairs=cross_port.format_rows(run),
            pairs_heads=cross_port.HEADINGS,
            pairs_note=cross_port.TABLE_NOTE,
            chapter_source=epochs.CHAPTER_SOURCE,
            findings=found,
            tables=settings.build_setting_tables(run),
            number=format_number,
            light=Markup(palette.format_css_variables("light")),
            dark=Markup(palette.format_css_variables("dark")),
            script=Markup(script),
            plotly=Markup(plotly),
        )
    )


def render_rosetta(run: Run) -> str:
    """The Rosetta part as a page of its own: small, to be linked to."""
    script = read_template("fold.js")
    template = create_jinja_environment().get_template("rosetta_page.html.j2")
    return template.render(
        run=run,
        policy=build_security_policy([script]),
        rosetta=rosetta.build_rosetta(run),
        script=Markup(script),
    )


def read_template(name: str) -> str:
    """A file of the templates as it is."""
    return (TEMPLATE_FOLDER / name).read_text(encoding="utf-8")


@cache
def load_plotly_js() -> str:
    """plotly's JavaScript, as its Python package carries it; never from a network."""
    from plotly.offline import get_plotlyjs

    text = get_plotlyjs()
    if re.search(r"</script", text, re.IGNORECASE):
        raise ValueError("plotly.js must not hold '</script' to be inlined: another plotly, please")
    return text


@cache
def create_jinja_environment() -> jinja2.Environment:
    """Jinja with every guard on."""

    def printable(value: Any) -> Any:
        return clean_text(value) if type(value) is str else value  # Markup is ours, and left alone

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATE_FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=printable,
    )
    made.filters["objectid"] = id  # a verdict is a dataclass with ==, and so has no hash
    return made


def encode_figures(drawn: list[Chart], others: dict[str, PlotlyFigure] | None = None) -> str:
    r"""The figures as JSON that can stand inside a script element.

    >>> encode_figures([Chart("a", "", "", {"data": ["</script>"], "layout": {}})])
    '{"a":{"data":["\\u003c/script\\u003e"],"layout":{}}}'
    """
    figures = {chart.name: chart.figure for chart in drawn if not chart.empty} | (others or {})
    text = json.dumps(figures, allow_nan=False, separators=(",", ":"))  # ASCII alone, so no U+2028
    return text.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")


def build_security_policy(scripts: list[str]) -> str:
    """The Content-Security-Policy: these scripts and no other, and nothing is fetched."""
    hashes = [
        base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
        for script in scripts
    ]
    allowed = " ".join(f"'sha256-{value}'" for value in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
