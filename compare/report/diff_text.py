"""A comparison of two runs as text, Markdown and a page. Pure."""

from collections.abc import Iterator

from .diff import Change, Diff
from .html import render_page
from .markup import escape_markdown, render_table
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
    worse, better = (sum(getattr(c, name) for c in changed) for name in ("worse", "better"))
    same = f"{found.unchanged:,} are as they were"
    if not changed:
        return f"No verdict changed: {same}."
    parts = [f"{format_count(worse)} got worse"] if worse else []
    parts += [f"{format_count(better)} got better"] if better else []
    if rest := len(changed) - worse - better:
        parts.append(f"{format_count(rest)} changed otherwise")
    text = f"{', '.join(parts)}; {same}."
    return f"Of the verdicts, {text}"


def format_diff(found: Diff) -> Iterator[str]:
    """Yield lines for the terminal."""
    yield format_diff_headline(found)
    for kind, title in SECTION_TITLES.items():
        changes = found.of(kind)
        if changes:
            yield ""
            yield f"{title}:"
            yield from (
                f"  {format_change_mark(c)} {make_printable(f'{c.what}: {c.before} -> {c.after}')}"
                for c in changes
            )


def format_change_mark(change: Change) -> str:
    """✗ for worse, ✓ for better, · for the rest."""
    return "✗" if change.worse else "✓" if change.better else "·"


def render_diff_markdown(found: Diff, names: tuple[str, str]) -> str:
    """Return a page for GitHub."""
    parts = [
        f"# Trueport: {escape_markdown(names[0])} → {escape_markdown(names[1])}",
        f"**{escape_markdown(format_diff_headline(found))}**",
    ]
    for kind, title in SECTION_TITLES.items():
        if changes := found.of(kind):
            rows = [(f"{format_change_mark(c)} {c.what}", c.before, c.after) for c in changes]
            parts += [f"## {title}", render_table([title, "before", "after"], rows, "lll")]
    return "\n\n".join(parts) + "\n"


def render_diff_page(found: Diff, names: tuple[str, str]) -> str:
    """Return one HTML file, in the report's clothes."""
    groups = [(title, found.of(kind)) for kind, title in SECTION_TITLES.items() if found.of(kind)]
    return render_page(
        "diff.html.j2",
        names=names,
        headline=format_diff_headline(found),
        groups=groups,
        mark=format_change_mark,
        tone="bad" if found.worse else "good",
    )
