"""`trueport run`: every port over every case and the training, judged and reported."""

import shlex
import sys
from pathlib import Path
from typing import Any

import click

from . import options as shared
from .options import BadInput, NameList

EXIT_EPILOG = (
    "Exit status: 0 all pass, 1 a mismatch, 2 bad input or nothing to compare, 3 faithful but for "
    "conventions that were not accepted."
)


@click.command(epilog=EXIT_EPILOG)
@click.option(
    "--data",
    default="auto",
    show_default=True,
    metavar="auto|embedded|PATH",
    help="MNIST: an mnist.npz, a folder of IDX files, the 5,000 embedded digits, or "
    "Keras's copy, downloaded if it can be.",
)
@click.option("--steps", default=10_000, show_default=True, help="Training steps.")
@shared.batch_size_option
@shared.learning_rate_option
@shared.hidden_size_option
@click.option(
    "--ports",
    type=NameList(),
    default="reference,torch,keras",
    show_default=True,
    help="Which ports, separated by commas.",
)
@click.option(
    "--backend",
    "backends",
    type=NameList(),
    default=(),
    metavar="LIST",
    help="Keras's backends, each a port: tensorflow (keras), torch (keras[torch]), jax "
    "(keras[jax]); all for every one that is installed.",
)
@shared.dtypes_option
@click.option("--seed", default=0, show_default=True)
@click.option("--require-ports", is_flag=True, help="Fail if a port's framework is not installed.")
@shared.accept_option
@click.option(
    "--out",
    type=shared.FOLDER,
    required=True,
    help="Folder for results.json, report.html and report.md.",
)
@click.option(
    "--cache",
    type=shared.FOLDER,
    metavar="DIR",
    help="Where truths and envelopes are kept; else TRUEPORT_CACHE, else the user's cache.",
)
@click.option("--no-cache", is_flag=True, help="Neither use what is kept there nor keep anything.")
@click.option("--fresh", is_flag=True, help="Run again what an earlier call left in the folder.")
def run(
    out: Path,
    dtype: str,
    ports: tuple[str, ...],
    backends: tuple[str, ...],
    require_ports: bool,
    accept: tuple[str, ...],
    **options: Any,
) -> None:
    """Train and check every port, and write the report."""
    from ..ports.registry import expand_backends
    from ..report.summary import format_summary
    from ..workflow.judge_run import compute_exit_code
    from ..workflow.reports import preload_renderers, write_run_reports
    from ..workflow.run import run as run_all
    from ..workflow.run_context import RunSettings

    command = shlex.join(["trueport", *sys.argv[1:]])
    try:
        settings = RunSettings(
            out=out,
            ports=expand_backends(ports, backends),
            dtypes=shared.list_dtypes(dtype),
            require_ports=require_ports,
            accept=shared.collect_accepted(accept),
            command=command,
            **options,
        )
        result = run_all(settings, lambda line: click.echo(line, err=True), preload_renderers)
    except (ValueError, FileNotFoundError) as error:
        raise BadInput(str(error)) from error
    for line in format_summary(result):
        click.echo(line)
    for path in write_run_reports(out):
        click.echo(f"wrote {path}")
    if result.interrupted:
        click.echo("interrupted: the report holds what had been computed", err=True)
        sys.exit(130)
    sys.exit(compute_exit_code(result, require_ports, settings.accept))
