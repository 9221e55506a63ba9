"""`trueport check`, and `cases`, which writes what a port in another language needs."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from . import options as shared


@click.command(
    epilog="Exit status: 0 faithful, 1 unfaithful, 2 not comparable, 3 faithful but for "
    "conventions that were not accepted."
)
@click.argument("target")
@click.option(
    "--framework",
    type=click.Choice(["numpy", "torch", "keras", "jax"]),
    help="Which kind of arrays it takes; found out if not given.",
)
@click.option("--loss", metavar="FILE:NAME", help="The loss function of a bare model.")
@shared.dtypes_option
@shared.python_option
@shared.timeout_option
@shared.memory_option
@click.option(
    "--train",
    type=click.IntRange(min=0),
    default=0,
    metavar="STEPS",
    help="Train it too, beside the truth, and hold its curve against the envelope of rounding.",
)
@click.option("--data", metavar="PATH", help="The digits of --train, or of a recorded training.")
@click.option(
    "--strict", is_flag=True, help="Count limits: what departs where the chapter promises nothing."
)
@shared.deep_option
@click.option(
    "--against",
    metavar="REFERENCE",
    help="A NumPy file of your own whose functions are right, in place of the chapter; or a file "
    "with a torch or Keras model.",
)
@shared.inputs_option
@click.option(
    "--input",
    "shapes",
    multiple=True,
    metavar="SHAPE",
    help="With a model: the shape of an input, 2x3x32x32; token ids 2x16:int<100; a scale *9.",
)
@click.option("--keep-weights", is_flag=True, help="With a model: leave each side its own weights.")
@click.option(
    "--device",
    default="cpu",
    help="With a torch model: where the port runs, as cuda; TF32 is off there.",
    show_default=True,
)
@shared.pairs_option
@shared.gradient_option
@shared.mode_option
@shared.accept_option
@shared.json_option
@click.option("--junit", "junit_file", type=shared.FILE)
@shared.markdown_option
@click.option(
    "--html",
    "html_file",
    type=shared.FILE,
    help="With models: a page with both, layer by layer, and some steps of training.",
)
def check(
    target: str,
    dtype: str,
    json_file: Path | None,
    junit_file: Path | None,
    markdown_file: Path | None,
    html_file: Path | None,
    accept: tuple[str, ...],
    pairs: tuple[str, ...],
    mode: str,
    **options: Any,
) -> None:
    """Decide whether TARGET is a faithful port.

    TARGET is a Python file, an importable module, one name in it (file.py:Name), or a folder of
    recorded arrays.
    """
    from ..report import check_formats
    from ..workflow.options import Options
    from .progress_line import ProgressLine

    with shared.refuse_bad_input():
        dtypes, names = shared.list_dtypes(dtype), shared.parse_pairs(pairs)
        # what the folder accepts is of the chapter: beside another reference it says nothing
        accepted = accept if options["against"] else shared.collect_accepted(accept)
        options["curves"] = bool(html_file or json_file)
        modes = shared.list_modes(mode)
        settings = Options(dtypes=dtypes, accept=accepted, names=names, modes=modes, **options)
        with ProgressLine() as line:
            check_all: Any  # each is imported where it is wanted: the chapter takes half a second
            if settings.against is not None:
                from ..workflow.check_against import check_against as check_all
            else:
                from ..workflow.check import check as check_all
            result = check_all(target, settings, line.follow, line.say)
        if html_file is not None and not result.models:
            raise ValueError(
                "--html is for models; `trueport run --against FILE` makes a page of functions"
            )
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    shared.print_lines(check_formats.format_check(result, colour=colour))
    # every file that can be written is: the answer stands above
    files = (
        (json_file, check_formats.render_check_json),
        (junit_file, check_formats.render_check_junit),
        (markdown_file, check_formats.render_check_markdown),
        (html_file, check_formats.render_check_html),
    )
    unwritten = shared.write_files(files, result)
    sys.exit(result.exit_code or unwritten)


@click.command()
@click.option(
    "--export",
    "folder",
    required=True,
    type=shared.FOLDER,
    help="Folder to write every input into.",
)
def cases(folder: Path) -> None:
    """Write every input as arrays, for a port in any language."""
    from ..chapter.cases import generate_cases
    from ..workflow.export import export_cases

    with shared.refuse_bad_input():
        export_cases(folder, generate_cases())
    click.echo(f"wrote {folder}: its README.md says what to compute and how to hand it back")
