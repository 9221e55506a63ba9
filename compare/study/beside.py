"""What else the folder of a run holds, for its page: a study over seeds, benchmarks."""

import re
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup

from ..report.additions import Panel

SECTION = Markup(
    '<section id="{0}" aria-labelledby="{0}-title">\n<h2 id="{0}-title">{1}</h2>\n{2}\n</section>'
)


def find_panels(folder: Path) -> tuple[Panel, ...]:
    """Return the panels that a folder has anything for. Raises what `Study.load` raises."""
    bodies, benchmarks = {}, folder / "benchmarks.md"
    if (folder / "study.json").exists():
        bodies["seeds", "Over many seeds"] = render_study_summary(folder)
    if benchmarks.exists():
        text = benchmarks.read_text(encoding="utf-8")
        bodies["benchmarks", "Benchmarks"] = render_markdown_tables(text)
    return tuple(Panel(*names, SECTION.format(*names, body)) for names, body in bodies.items())


def render_study_summary(folder: Path) -> Markup:
    """Return what the study in a folder found, and the way to its own page."""
    from .results import Study  # a page without a study needs none of its packages
    from .text import format_comparison, format_study_headline

    study = Study.load(folder)
    lines = [format_study_headline(study)[1], *map(format_comparison, study.comparisons)]
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
    page = '<p><a href="study.html">The study\'s own page</a>, with its curves and bands.</p>'
    return Markup("<ul>{}</ul>{}").format(items, Markup(page))


def render_markdown_tables(text: str) -> Markup:
    r"""Return Markdown as HTML: its headings two levels down, no image, and no HTML of its own.

    >>> page = "# Title\n\n## Loops <b>\n\n| a |\n| - |\n| 1 |\n"
    >>> print(render_markdown_tables(page).split("</h4>")[0])
    <h4>Loops &lt;b&gt;
    """
    lines = [line for line in text.splitlines() if not re.match(r"# |!\[", line)]
    body = "\n".join(f"##{line}" if line.startswith("#") else line for line in lines)
    html = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image").render(body)
    frame = '<div class="scroll" tabindex="0" role="region" aria-label="A table of times">'
    framed = html.replace("<table>", f"{frame}<table>").replace("</table>", "</table></div>")
    return Markup(framed.strip())
