"""The report as Markdown that renders on GitHub, its plots as SVG files beside it."""

from collections.abc import Sequence

from ..judging.results import Run
from . import cross_port, epochs, findings, matrix, settings
from .additions import NOTHING_ADDED, ReportAdditions
from .cards import Card, build_cards
from .markup import escape_html, escape_markdown, render_table
from .plots import Plot
from .sentence import build_verdict_sentence
from .wording import STATUS_STYLES


def render_markdown(
    run: Run, plots: Sequence[Plot] = (), added: ReportAdditions = NOTHING_ADDED
) -> str:
    """Return the report of a run.

    plots: those that lie in `plots/` beside the file, to be linked.
    added: by the suite.
    """
    sentence = build_verdict_sentence(run)
    parts = ["# Trueport", f"**{escape_markdown(sentence.headline)}**"]
    if sentence.details:
        parts.append("\n".join(f"- {escape_markdown(detail)}" for detail in sentence.details))
    if run.interrupted:
        parts.append("> **This run was interrupted.** Nothing that is missing counts as a pass.")
    if note := settings.format_data_note(run):
        parts.append(f"> **Not the complete MNIST.** {escape_markdown(note)}")
    parts += ["## Components by port", *render_matrix(run)]
    if ports := build_cards(run):
        parts += ["## Ports", render_port_table(ports)]
    parts += ["## How they train", *link_plots(plots)]
    parts += ["## Accuracy by epoch", *render_epoch_table(run, added)]
    if against := cross_port.format_rows(run):
        shown = render_table(cross_port.HEADINGS, against, "llrllr")
        parts += ["## Ports against each other", cross_port.TABLE_NOTE, shown]
    parts += ["## Findings", *render_findings(run)]
    parts += added.markdown
    parts.append("## Settings and environment")
    for title, rows in settings.build_setting_tables(run):
        parts.append(render_table([title, ""], rows, "ll"))
    return "\n\n".join(parts) + "\n"


def render_matrix(run: Run) -> list[str]:
    """Return the matrix as a table: a status symbol and the share of the budget in each cell."""
    found = matrix.build_matrix(run)
    if not found.groups:
        return ["No check was made."]
    heads = ["gate", "component", *(f"{c.port} {c.dtype}" for c in found.columns)]
    rows = []
    for gate, group in found.groups:
        for row in group:
            shown = [f"{cell.style.symbol} {cell.text}" for cell in row.cells]
            rows.append((gate, row.component, *shown))
    legend = "; ".join(
        f"{look.symbol} {look.word}: {look.meaning}" for look in STATUS_STYLES.values()
    )
    return [
        render_table(heads, rows, "ll" + "r" * len(found.columns)),
        escape_markdown(
            f"Numbers: the largest share of the rounding budget used, 1 is all of it. {legend}."
        ),
    ]


def render_port_table(ports: Sequence[Card]) -> str:
    """Return what the cards of the page say."""
    heads = ["port", "framework", "dtype", "verdict", "test accuracy", "training", "memory", "note"]
    rows = [
        (
            card.port,
            card.framework,
            row.dtype,
            f"{row.style.symbol} {row.style.word}",
            row.test_acc,
            row.train_time,
            row.memory,
            row.message,
        )
        for card in ports
        for row in card.rows
    ]
    return render_table(heads, rows, "llllrrrl")


def link_plots(plots: Sequence[Plot]) -> list[str]:
    """Return links to the plots, each with its words."""
    if not plots:
        return ["No curve was drawn: no port was trained."]
    return [
        f"![{escape_markdown(plot.title)}](plots/{plot.name}.svg)\n\n{escape_markdown(plot.note)}"
        for plot in plots
    ]


def render_epoch_table(run: Run, added: ReportAdditions) -> list[str]:
    """Train and test accuracy of each curve; the chapter's where they compare."""
    found = epochs.build_epoch_table(run, added.printed)
    if not found.rows:
        return ["No accuracy was taken."]
    chapter = ["chapter"] if found.beside_chapter else []
    heads = ["epoch", "step", *chapter, *found.columns]
    rows = []
    for row in found.rows:
        printed = [" / ".join(row.printed or ("–",))] if found.beside_chapter else []
        pairs = [" / ".join(pair) for pair in row.accuracies]
        rows.append((str(row.epoch), f"{row.steps:,}", *printed, *pairs))
    shown = render_table(heads, rows, "r" * len(heads))
    words = "Each cell: train / test accuracy."
    if found.beside_chapter:
        words += f" The chapter's values: {added.source}."
    if not found.long:
        return [words, shown]
    summary = f"<summary>{len(found.rows)} of {found.total} epochs, evenly chosen</summary>"
    return [words, f"<details>{summary}", shown, "</details>"]


def render_findings(run: Run) -> list[str]:
    """Return each finding folded, by port."""
    groups = findings.build_findings(run)
    if not groups:
        made = (
            "every check that was made is within its budget"
            if run.verdicts
            else "nothing was compared"
        )
        return [f"None: {made}."]
    parts = []
    for port, found in groups:
        parts.append(f"### {escape_markdown(port)}")
        for finding in found:
            parts += render_finding(finding)
    return parts


def render_finding(finding: findings.Finding) -> list[str]:
    """Return one finding, folded: what, where, why, what to change, and what follows from it."""
    v, look, cause = finding.verdict, finding.style, finding.cause
    said = f"{look.symbol} {look.word}: {v.component} ({v.gate}, {v.dtype})"
    if cause:
        said += f" · {cause.title}"
    parts = [f"<details><summary>{escape_html(said)}</summary>"]
    if v.message:
        parts.append(escape_markdown(v.message))
    if cause:
        told = [f"**{escape_markdown(cause.title)}** {escape_markdown(cause.does)}".strip()]
        told += [escape_markdown(cause.experiment)] if cause.experiment else []
        told += [
            f"{escape_markdown(label)}: {escape_markdown(value)}" for label, value, _ in cause.bars
        ]
        parts.append("  \n".join(told))
        if cause.fixes:
            parts.append(render_table(["in", "the line to change"], cause.fixes, "ll"))
    if finding.facts:
        parts.append(render_table(["", ""], finding.facts, "ll"))
    if finding.followers:
        names = [f"{f.verdict.component} ({f.verdict.dtype})" for f in finding.followers]
        parts.append(escape_markdown(f"From it follow: {', '.join(names)}."))
    if finding.replay:
        parts.append(f"See it again: <code>{escape_html(finding.replay)}</code>")
    return [*parts, "</details>"]
