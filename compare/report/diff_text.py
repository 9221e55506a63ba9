"""A comparison of two runs as text, Markdown and a page. Pure."""

from collections.abc import Iterator
from typing import Any

from .diff import Change, Diff
from .html import render_page, render_template
from .wording import format_count, make_printable

SECTION_TITLES = {
    "verdict": "Verdicts",
    "version": "Versions and machine",
    "setting": "Settings",
    "data": "Data",
    "time": "Time and memory",
    "curve": "Training curves",
}


def format_diff_headline(found: Diff) -> str:
    """Return the comparison in one sentence.

    >>> format_diff_headline(Diff((), 54))
    'No verdict changed: 54 are as they were.'
    """
    changed = found.of("verdict")
    same = f"{found.unchanged:,} are as they were."
    if not changed:
        return f"No verdict changed: {same}"
    worse, better = sum(c.worse for c in changed), sum(c.better for c in changed)
    counts = {"got worse": worse, "got better": better}
    counts["changed otherwise"] = len(changed) - worse - better
    parts = [f"{format_count(number)} {words}" for words, number in counts.items() if number]
    return f"Of the verdicts, {', '.join(parts)}; {same}"


def format_diff(found: Diff) -> Iterator[str]:
    """Yield lines for the terminal."""
    yield format_diff_headline(found)
    for title, changes in group_changes(found).items():
        yield from ("", f"{title}:")
        for c in changes:
            line = make_printable(f"{c.what}: {c.before} -> {c.after}")
            yield f"  {format_change_mark(c)} {line}"


def group_changes(found: Diff) -> dict[str, tuple[Change, ...]]:
    """Return the changes by the title of their kind."""
    return {title: some for kind, title in SECTION_TITLES.items() if (some := found.of(kind))}


def format_change_mark(change: Change) -> str:
    """✗ for worse, ✓ for better, · for the rest."""
    return "✗" if change.worse else "✓" if change.better else "·"


def render_diff_markdown(found: Diff, names: tuple[str, str]) -> str:
    """Return a page for GitHub."""
    return render_template("diff.md.j2", **collect_content(found, names))


def render_diff_page(found: Diff, names: tuple[str, str]) -> str:
    """Return one HTML file, in the report's clothes."""
    return render_page("diff.html.j2", **collect_content(found, names))


def collect_content(found: Diff, names: tuple[str, str]) -> dict[str, Any]:
    """Return what the page and the Markdown both show."""
    return {
        "names": names,
        "headline": format_diff_headline(found),
        "groups": group_changes(found),
        "mark": format_change_mark,
        "tone": "bad" if found.worse else "good",
    }
