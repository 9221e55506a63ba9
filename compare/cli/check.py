"""`trueport check`, and `cases`, which writes what a port in another language needs."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import options as shared
from .check_files import file_options, take_files, write_check_files

if TYPE_CHECKING:
    from ..judging.check import Check
    from ..workflow.options import Options


EXECUTES = "trueport: what is checked is executed, with your rights (see SECURITY.md)"


@click.command(
    epilog="Exit status: 0 faithful, 1 unfaithful, 2 not comparable, 3 faithful but for "
    "conventions that were not accepted. Of several targets the worst: 2, then 1, then 3."
)
@click.argument(
    "targets",
    nargs=-1,
    required=True,
    metavar="TARGET...",
    shell_complete=shared.complete_file,
)
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
    shell_complete=shared.complete_file,
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
@click.option(
    "--annotations",
    is_flag=True,
    help="Print each finding as GitHub Actions shows it beside the code, too.",
)
@file_options
def check(
    targets: tuple[str, ...],
    dtype: str,
    accept: tuple[str, ...],
    pairs: tuple[str, ...],
    mode: str,
    annotations: bool,
    **options: Any,
) -> None:
    """Decide whether TARGET is a faithful port.

    TARGET is a Python file, an importable module, one name in it (file.py:Name), or a folder of
    recorded arrays. Several are judged one after the other, each as if it were alone.
    """
    from ..judging.check import combine_exit_codes
    from ..workflow.options import Options

    files = take_files(options)
    with shared.refuse_bad_input():
        if "html" in files and len(targets) > 1:
            raise ValueError(f"--html takes one target (got {len(targets)})")
        dtypes, names = shared.list_dtypes(dtype), shared.parse_pairs(pairs)
        # what the folder accepts is of the chapter: beside another reference it says nothing
        accepted = accept if options["against"] else shared.collect_accepted(accept)
        options["curves"] = bool(files.keys() & {"html", "json"})
        modes = shared.list_modes(mode)
        settings = Options(dtypes=dtypes, accept=accepted, names=names, modes=modes, **options)
    results = judge_targets(targets, settings, paged="html" in files, annotated=annotations)
    # every file that can be written is: the answer stands above
    unwritten = write_check_files(files, results)
    sys.exit(combine_exit_codes(result.exit_code for result in results) or unwritten)


def is_code(target: str) -> bool:
    """Whether a target is anything but a folder of arrays."""
    folder = Path(target)
    return not folder.is_dir() or (folder / "__init__.py").exists()


def judge_targets(
    targets: tuple[str, ...], settings: "Options", paged: bool, annotated: bool
) -> list["Check"]:
    """Judge and print one target after the other.

    paged: whether a page is asked for. annotated: whether GitHub's annotations are.
    """
    from ..report import check_formats
    from ..report.annotations import format_annotations
    from ..report.several_checks import format_count, format_heading
    from ..workflow.check_several import check_one_of
    from .progress_line import ProgressLine

    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    results: list[Check] = []
    if any(map(is_code, targets)):
        shared.warn(EXECUTES)
    for number, target in enumerate(targets):
        if len(targets) > 1:
            shared.print_lines([format_heading(target, number + 1, len(targets))])
        with shared.refuse_bad_input():
            with ProgressLine() as line:
                result = check_one_of(targets, number, settings, line.follow, line.say)
            if paged and not result.models:
                raise ValueError(
                    "--html is for models; `trueport run --against FILE` makes a page of functions"
                )
        shared.print_lines(check_formats.format_check(result, colour=colour))
        for command in format_annotations(result) if annotated else ():
            click.echo(command)  # which `print_lines` would make none of
        results.append(result)
        if len(targets) > 1:
            click.echo()
    if len(targets) > 1:
        click.echo(format_count(results))
    return results


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
