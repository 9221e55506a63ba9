"""`trueport study`: do ports train equally well? Many seeds."""

import sys
from pathlib import Path
from typing import Any

import click

from . import options as shared


@click.command(
    epilog="Exit status: 0 equivalent in everything, 1 a difference or a run without a result, "
    "2 bad input or a port without any result, 3 not shown either way, 130 interrupted."
)
@shared.shown_option(
    "--ports",
    type=shared.NameList(),
    default="torch,keras",
    help="Two ports or more, separated by commas.",
)
@shared.shown_option("--seeds", default=20, help="Runs of each port.")
@shared.shown_option("--steps", default=3000, help="Training steps of a run.")
@shared.batch_size_option
@shared.learning_rate_option
@shared.hidden_size_option
@shared.shown_option("--dtype", type=shared.DTYPE, default="float32")
@shared.shown_option(
    "--init",
    type=click.Choice(["chapter", "framework"]),
    default="chapter",
    help="Initial parameters: by the chapter's rule, or as the framework's layers come.",
)
@shared.shown_option(
    "--order",
    type=click.Choice(["chapter", "framework"]),
    default="chapter",
    help="Batches: drawn with replacement, or as the framework's own loop shuffles.",
)
@click.option("--paired", is_flag=True, help="Run k of every port has the same start and batches.")
@click.option("--every", type=int, help="Steps between two evaluations.  [default: 20]")
@click.option("--margin", type=float, help="Points of accuracy that do not matter. [default: 0.2]")
@click.option("--margin-steps", type=float, help="Steps that do not matter.  [default: 100]")
@shared.shown_option("--data", default="auto", metavar="auto|embedded|PATH")
@click.option("--workers", type=int, help="Processes at a time.  [default: one a core]")
@click.option("--scheduler", metavar="ADDRESS", help="Run on the Dask cluster of this scheduler.")
@shared.shown_option("--timeout", default=600.0, help="Seconds for one run.")
@click.option("--fresh", is_flag=True, help="Throw away what the folder holds.")
@shared.json_option
@shared.markdown_option
@shared.out_option("runs/study")
def study(fresh: bool, json_file: Path | None, markdown_file: Path | None, **options: Any) -> None:
    """Do ports train equally well when nothing is shared? Many seeds, and a test of equivalence."""
    from ..chapter.suite import CHAPTER

    given = {key: value for key, value in options.items() if value is not None}
    with shared.refuse_bad_input():
        from ..study.page import write_pages
        from ..study.plan import StudySettings
        from ..study.study import compute_exit_code, run_study
        from ..study.text import format_comparison, format_failures, format_study_headline

        settings = StudySettings(command=shared.quote_command(), **given)
        result = run_study(CHAPTER, settings, fresh)
    click.echo(format_study_headline(result)[1])
    told = (*map(format_comparison, result.comparisons), *format_failures(result))
    shared.print_lines(f"  {line}" for line in told)
    record = settings.out / "study.json"
    with shared.refuse_bad_input():
        shared.print_written((record, *write_pages(result, settings.out)))
    files = (
        (json_file, lambda: record.read_text(encoding="utf-8")),
        (markdown_file, lambda: record.with_suffix(".md").read_text(encoding="utf-8")),
    )
    if unwritten := shared.write_files(files):
        sys.exit(unwritten)
    if result.interrupted:
        done, total = len(result.outcomes), settings.seeds * len(result.ports)
        kept = f"interrupted: {done} of {total} runs are kept; the same command does the rest"
        click.echo(kept, err=True)
        sys.exit(130)
    sys.exit(compute_exit_code(result))
