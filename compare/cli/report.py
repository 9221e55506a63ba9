"""`trueport report`, `list`, `diff` and `replay`: what a finished run can be asked."""

import sys
from pathlib import Path
from typing import Any

import click

from . import options as shared


@click.command()
@click.argument("folder", type=shared.FOLDER)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["html", "md", "junit", "json", "csv", "tensorboard"]),
    help="Which reports of a run; more than once for several. Default: html, md and junit.",
)
def report(folder: Path, formats: tuple[str, ...]) -> None:
    """Write the reports of a finished run or study anew. Needs no framework."""
    from ..report import DEFAULT_FORMATS
    from ..workflow.reports import write_run_reports

    with shared.refuse_bad_input():
        paths, studied = [], (folder / "study.json").exists()
        if studied and not formats:
            from ..study.page import write_pages
            from ..study.results import Study

            paths += write_pages(Study.load(folder), folder)
        if not studied or (folder / "results.json").exists():
            paths += write_run_reports(folder, formats or DEFAULT_FORMATS)
        elif formats:
            raise ValueError("--format is for runs: a study has one page and one summary")
    shared.print_written(paths)


@click.command("list", epilog="Exit status: 0, or 2 if there is no run, or one cannot be read.")
@click.argument("folder", type=shared.FOLDER)
def list_command(folder: Path) -> None:
    """Say what each run in FOLDER came to, a line each, the latest last."""
    from ..report.run_list import format_runs, read_runs

    with shared.refuse_bad_input():
        found = read_runs(folder)
    shared.print_lines(format_runs(found, folder))
    sys.exit(2 if any(one.problem for one in found) else 0)


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

    with shared.refuse_bad_input():
        found = compare_runs(Run.load(before), Run.load(after))
    shared.print_lines(diff_text.format_diff(found))
    files = (markdown_file, diff_text.render_diff_markdown), (html_file, diff_text.render_diff_page)
    unwritten = shared.write_files(files, found, (str(before), str(after)))
    sys.exit(unwritten or bool(found.worse))


@click.command(epilog="Exit status: 0 faithful, 1 not, 2 bad input.")
@click.argument("port", required=False)
@click.argument("component", required=False)
@click.option(
    "--run",
    "folder",
    type=shared.FOLDER,
    help="Folder of a run: the finding, its case, dtype, data and seed are taken from its results.",
)
@click.option("--case", help="One case alone; all of the component's if not given.")
@click.option("--dtype", type=shared.DTYPE, help="float64 if not given.")
@click.option("--data", metavar="auto|embedded|PATH", help="For load_mnist; auto if not given.")
@click.option("--seed", type=int, help="Of the run, for what is drawn from it; 0 if not given.")
def replay(port: str | None, component: str | None, folder: Path | None, **options: Any) -> None:
    """See one finding of a run again: what PORT gives for one case of COMPONENT.

    With --run, PORT and COMPONENT may be left out: the first finding of that run is seen again.
    """
    from ..workflow.replay import replay_finding
    from ..workflow.replay_run import replay_from_run

    given = {name: value for name, value in options.items() if value is not None}
    with shared.refuse_bad_input():
        if folder is not None:
            passed, lines = replay_from_run(folder, port, component, **given)
        elif port is None or component is None:
            raise ValueError("replay needs PORT and COMPONENT, or the folder of a run: --run DIR")
        else:
            passed, lines = replay_finding(port, component, **given)
    shared.print_lines(lines)
    sys.exit(0 if passed else 1)
