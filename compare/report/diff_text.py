"""A comparison of two runs as text, Markdown and a page. Pure."""

from collections.abc import Iterator

from .diff import Change, Diff
from .markdown import escape, table
from .page import environment
from .wording import clean, count

TITLES = {
    "verdict": "Verdicts",
    "version": "Versions and machine",
    "setting": "Settings",
    "data": "Data",
    "time": "Time and memory",
    "curve": "Training curves",
}


def headline(found: Diff) -> str:
    """The comparison in one sentence.

    >>> headline(Diff((), 54))
    'No verdict changed: 54 are as they were.'
    """
    changed = found.of("verdict")
    worse, better = (sum(getattr(c, name) for c in changed) for name in ("worse", "better"))
    same = f"{found.unchanged:,} are as they were"
    if not changed:
        return f"No verdict changed: {same}."
    parts = [f"{count(worse)} got worse"] if worse else []
    parts += [f"{count(better)} got better"] if better else []
    if rest := len(changed) - worse - better:
        parts.append(f"{count(rest)} changed otherwise")
    text = f"{', '.join(parts)}; {same}."
    return f"Of the verdicts, {text}"


def text(found: Diff) -> Iterator[str]:
    """Lines for the terminal."""
    yield headline(found)
    for kind, title in TITLES.items():
        changes = found.of(kind)
        if changes:
            yield ""
            yield f"{title}:"
            yield from (
                f"  {mark(c)} {clean(c.what)}: {clean(c.before)} -> {clean(c.after)}"
                for c in changes
            )


def mark(change: Change) -> str:
    """✗ for worse, ✓ for better, · for the rest."""
    return "✗" if change.worse else "✓" if change.better else "·"


def markdown(found: Diff, names: tuple[str, str]) -> str:
    """A page for GitHub."""
    parts = [
        f"# Trueport: {escape(names[0])} → {escape(names[1])}",
        f"**{escape(headline(found))}**",
    ]
    for kind, title in TITLES.items():
        if changes := found.of(kind):
            rows = [(f"{mark(c)} {c.what}", c.before, c.after) for c in changes]
            parts += [f"## {title}", table([title, "before", "after"], rows, "lll")]
    return "\n\n".join(parts) + "\n"


def page(found: Diff, names: tuple[str, str]) -> str:
    """One HTML file, in the report's clothes."""
    groups = [(title, found.of(kind)) for kind, title in TITLES.items() if found.of(kind)]
    template = environment().get_template("diff.html.j2")
    return template.render(
        names=names, headline=headline(found), groups=groups, mark=mark, worse=found.worse
    )
