"""A study as pages: study.html, study.md and its plots. Pure but for `write_pages`."""

from pathlib import Path

from markupsafe import Markup

from ..report import palette, write_atomically
from ..report.page import (
    TEMPLATE_FOLDER,
    TONE_SYMBOLS,
    build_security_policy,
    create_jinja_environment,
    encode_figures,
    load_plotly_js,
)
from ..report.plots import Plot
from . import text
from .charts import build_study_charts
from .plots import draw_study_plots
from .results import Study


def render_study_panel(study: Study) -> Markup:
    """The study as a fragment of HTML for any page with the report's style sheet and script.

    The page must carry the figures of `build_study_charts` (see `encode_figures`).
    """
    template = create_jinja_environment().get_template("study-panel.html.j2")
    tone, headline = text.format_study_headline(study)
    return Markup(
        template.render(
            study=study,
            tone=tone,
            seal=TONE_SYMBOLS[tone],
            headline=headline,
            charts=build_study_charts(study),
            words=text,
        )
    )


def render_study(study: Study) -> str:
    """The study as one page that opens offline. The same study gives the same text."""
    drawn = build_study_charts(study)
    script = (TEMPLATE_FOLDER / "page.js").read_text(encoding="utf-8")
    plotly = load_plotly_js() if any(not chart.empty for chart in drawn) else ""
    template = create_jinja_environment().get_template("study.html.j2")
    return template.render(
        study=study,
        policy=build_security_policy([plotly, script]),
        headline=text.format_study_headline(study)[1],
        panel=render_study_panel(study),
        figures=Markup(encode_figures(drawn)),
        light=Markup(palette.format_css_variables("light")),
        dark=Markup(palette.format_css_variables("dark")),
        script=Markup(script),
        plotly=Markup(plotly),
    )


def render_study_markdown(study: Study, plots: list[Plot]) -> str:
    """The study for GitHub: the same sentences, a table, and the plots."""
    lines = [f"# {escape_cell(text.format_study_headline(study)[1])}", ""]
    if study.interrupted:
        lines += [
            "**Interrupted.** What follows is of the runs that were done; the same command does "
            "the rest.",
            "",
        ]
    lines += [
        f"- {escape_cell(text.format_comparison(comparison))}" for comparison in study.comparisons
    ]
    lines += ["", f"{text.format_design(study)}.", text.format_margins(study), ""]
    lines += ["| port | runs | failed | final accuracy | steps to "]
    lines[-1] += f"{study.settings['target']:.2f} | not reached | seconds a run |"
    lines += [
        "|---|---|---|---|---|---|---|",
        *(format_port_row(study, port) for port in study.ports),
        "",
    ]
    if failures := text.format_failures(study):
        lines += [
            "Runs without a result:",
            "",
            *(f"- {escape_cell(line)}" for line in failures),
            "",
        ]
    lines += [line for p in plots for line in (f"![{p.title}](plots/{p.name}.svg)", "", p.note, "")]
    lines += [f"Data: {escape_cell(study.data['source'])}. {text.format_versions(study)}."]
    return "\n".join(lines) + "\n"


def format_port_row(study: Study, port: str) -> str:
    """The row of a port in the table."""
    good = study.of(port)
    failed = sum(outcome.port == port for outcome in study.failed)
    if not good:
        return f"| {escape_cell(port)} | 0 | {failed} | – | – | – | – |"
    steps = study.settings["steps"]
    reached = [steps if run.reached is None else run.reached for run in good]
    accuracy = [100 * (run.final_accuracy or 0.0) for run in good]
    never = sum(run.reached is None for run in good)
    seconds = sum(run.train_s for run in good) / len(good)
    return (
        f"| {escape_cell(port)} | {len(good)} | {failed} | "
        f"{format_mean_and_deviation(accuracy, 2)} | "
        f"{'≥ ' * bool(never)}{format_mean_and_deviation(reached, 0)} | {never} | {seconds:.1f} |"
    )


def format_mean_and_deviation(values: list[float] | list[int], digits: int) -> str:
    """Mean ± standard deviation.

    >>> format_mean_and_deviation([1.0, 3.0], 1), format_mean_and_deviation([5.0], 1)
    ('2.0 ± 1.4', '5.0')
    """
    import numpy as np

    mean = f"{np.mean(values):.{digits}f}"
    return f"{mean} ± {np.std(values, ddof=1):.{digits}f}" if len(values) > 1 else mean


def escape_cell(text: str) -> str:
    """Text that stays in one cell or line and is no HTML."""
    return text.replace("\n", " ").replace("|", "\\|").replace("<", "&lt;")


def write_pages(study: Study, folder: Path) -> list[Path]:
    """Write study.html, study.md and the plots into folder; returns the paths."""
    plots = draw_study_plots(study)
    files = {folder / "plots" / f"{plot.name}.svg": plot.svg for plot in plots}
    files[folder / "study.md"] = render_study_markdown(study, plots).encode()
    files[folder / "study.html"] = render_study(study).encode()
    for path, content in files.items():
        write_atomically(path, content)
    return list(files)
