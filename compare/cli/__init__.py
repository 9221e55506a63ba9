"""The command line, `trueport`: nothing heavy is imported before it is needed."""

import click

from .check import cases, check
from .options import refuse_bad_input
from .report import diff_command, list_command, replay, report
from .run import run
from .study import study


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trueport")
def main() -> None:
    """Trueport tells whether your port is true.

    Compares PyTorch and Keras ports with a NumPy ground truth: chapter 4 of Deep Learning from
    Scratch.
    """  # the first line of --help is a question
    from ..execution.process import refuse_windows

    with refuse_bad_input():
        refuse_windows()


for command in (run, check, cases, study, report, list_command, diff_command, replay):
    main.add_command(command)
