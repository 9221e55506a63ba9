"""`trueport report`, `diff` and `replay`: what a finished run can be asked."""

import sys
from pathlib import Path
from typing import Any

import click

from . import options as shared
from .options import BadInput


@click.command()
@click.argument("folder", type=shared.FOLDER)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["html", "md", "junit", "json", "csv"]),
    help="Which reports of a run; more than once for several. Default: html, md and junit.",
)
def report(folder: Path, formats: tuple[str, ...]) -> None:
    """Write the reports of a finished run or study anew. Needs no framework."""
    from ..report import DEFAULT_FORMATS
    from ..study.page import write_pages
    from ..study.results import Study
    from ..workflow.reports import write_run_reports

    try:
        paths, studied = [], (folder / "study.json").exists()
        if studied and not formats:
            paths += write_pages(Study.load(folder), folder)
        if not studied or (folder / "results.json").exists():
            paths += write_run_reports(folder, formats or DEFAULT_FORMATS)
        elif formats:
            raise ValueError("--format is for runs: a study has one page and one summary")
    except (ValueError, FileNotFoundError) as error:
        raise BadInput(str(error)) from error
    for path in paths:
        click.echo(f"wrote {path}")


@click.command("diff", epilog="Exit status: 0 no verdict got worse, 1 one did, 2 bad input.")
@click.argument("before", metavar="RUN_A", type=shared.FOLDER)
@click.argument("after", metavar="RUN_B", type=shared.FOLDER)
@shared.markdown_option
@click.option("--html", "html_file", type=shared.FILE)
def diff_command(
    before: Path, after: Path, markdown_file: Path | None, html_file: Path | None
) -> None:
    """Say which verdicts, versions, timings and curves changed from RUN_A to RUN_B."""
    from ..judging.results import Run
    from ..report import diff_text
    from ..report.diff import compare_runs

    try:
        found = compare_runs(Run.load(before), Run.load(after))
    except (ValueError, FileNotFoundError) as error:
        raise BadInput(str(error)) from error
    shared.print_lines(diff_text.format_diff(found))
    files = (
        (markdown_file, diff_text.render_diff_markdown),
        (html_file, diff_text.render_diff_page),
    )
    if not shared.write_files(files, found, (str(before), str(after))):
        sys.exit(BadInput.exit_code)
    sys.exit(1 if found.worse else 0)


@click.command(epilog="Exit status: 0 faithful, 1 not, 2 bad input.")
@click.argument("port")
@click.argument("component")
@click.option("--case", help="One case alone; all of the component's if not given.")
@click.option("--dtype", type=shared.DTYPE, default="float64")
@click.option("--data", default="auto", metavar="auto|embedded|PATH", help="For load_mnist.")
@click.option("--seed", default=0, help="Of the run, for what is drawn from it.")
def replay(port: str, component: str, **options: Any) -> None:
    """See one finding of a run again: what PORT gives for one case of COMPONENT."""
    from ..ports.registry import find_ports
    from ..workflow.replay import format_replay
    from ..workflow.replay import replay_finding as replay_one

    try:
        verdict, entries = replay_one(port, component=component, **options)
    except (ValueError, FileNotFoundError) as error:
        raise BadInput(str(error)) from error
    for line in format_replay(verdict, entries, find_ports([port])[0].framework):
        click.echo(line)
    sys.exit(0 if verdict.passed else 1)
