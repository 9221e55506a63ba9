"""The command line, `trueport`: nothing heavy is imported before it is needed."""

import signal
import sys
from typing import Any

import click

from .check import cases, check
from .options import refuse_bad_input
from .report import diff_command, list_command, replay, report
from .run import run
from .signals import end_on_signals
from .study import study


class CommandLine(click.Group):
    """A group of commands that end, where a signal ends them, with nothing left behind."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; its exit status is 130 after Ctrl-C, else 128 and the signal's number."""
        with end_on_signals():
            try:
                return super().invoke(ctx)
            except KeyboardInterrupt:
                click.echo("interrupted", err=True)
                sys.exit(128 + signal.SIGINT)


@click.group(cls=CommandLine, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trueport")
def main() -> None:
    """Trueport tells whether your port is true.

    Compares PyTorch and Keras ports with a NumPy ground truth: chapter 4 of Deep Learning from
    Scratch.
    """  # the first line of --help is a question
    from ..execution.process import refuse_windows
    from ..execution.temporary import remove_abandoned_folders

    with refuse_bad_input():
        refuse_windows()
    remove_abandoned_folders()


for command in (run, check, cases, study, report, list_command, diff_command, replay):
    main.add_command(command)
