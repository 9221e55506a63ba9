"""What else the folder of a run holds, for its page: a study over seeds, benchmarks."""

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup, escape

STUDY_FILE, BENCHMARKS_FILE = "study.json", "benchmarks.md"


@dataclass(frozen=True)
class Panel:
    """A section of the page. body: HTML, escaped already."""

    anchor: str
    title: str
    body: Markup


def find_panels(folder: Path) -> list[Panel]:
    """The panels that a folder has anything for. Raises what `Study.load` raises."""
    found = []
    if (folder / STUDY_FILE).exists():
        found.append(Panel("seeds", "Over many seeds", render_study_summary(folder)))
    if (folder / BENCHMARKS_FILE).exists():
        text = (folder / BENCHMARKS_FILE).read_text(encoding="utf-8")
        found.append(Panel("benchmarks", "Benchmarks", render_markdown_tables(text)))
    return found


def render_study_summary(folder: Path) -> Markup:
    """What the study found, and the way to its own page."""
    from ..study import text
    from ..study.results import Study

    study = Study.load(folder)
    lines = [text.format_study_headline(study)[1], *map(text.format_comparison, study.comparisons)]
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    page = '<p><a href="study.html">The study\'s own page</a>, with its curves and bands.</p>'
    return Markup(f"<ul>{items}</ul>{page}")


def render_markdown_tables(text: str) -> Markup:
    """Markdown as HTML: its headings two levels down, no image, and no HTML of its own.

    >>> page = "# Title\\n\\n## Loops <b>\\n\\n| a |\\n| - |\\n| 1 |\\n"
    >>> print(render_markdown_tables(page).split("</h4>")[0])
    <h4>Loops &lt;b&gt;
    """
    lines = [line for line in text.splitlines() if not re.match(r"# |!\[", line)]
    body = "\n".join(f"##{line}" if line.startswith("#") else line for line in lines)
    html = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image").render(body)
    framed = re.sub(
        r"<table>",
        '<div class="scroll" tabindex="0" role="region" aria-label="A table of times"><table>',
        html,
    ).replace("</table>", "</table></div>")
    return Markup(framed.strip())
