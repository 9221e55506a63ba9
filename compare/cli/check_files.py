"""The files that `trueport check` writes its answer to. A format is added by adding a line."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import options as shared

if TYPE_CHECKING:  # NumPy would come with it, for every command
    from ..judging.check import Check


@dataclass(frozen=True)
class CheckFile:
    """option: of the command line, without its dashes.

    renderer: "module:function" of `compare.report`, from the checks of a call to the text; it is
        imported when it is asked for.
    """

    option: str
    renderer: str
    help: str

    def render(self, checks: Sequence[Check]) -> str:
        """Return the text of the file."""
        module, _, function = self.renderer.partition(":")
        home = importlib.import_module(f"trueport.compare.report.{module}")
        return str(getattr(home, function)(checks))


CHECK_FILES = (
    CheckFile("json", "several_checks:render_json", "The answer for a program."),
    CheckFile("junit", "several_checks:render_junit", "JUnit XML, for a CI server."),
    CheckFile("markdown", "several_checks:render_markdown", "A summary for GitHub."),
    CheckFile(
        "sarif",
        "sarif:render_sarif",
        "SARIF 2.1.0, for code scanning: each finding at its file and line.",
    ),
    CheckFile(
        "html",
        "several_checks:render_html",
        "With models: a page with both, layer by layer, and some steps of training.",
    ),
)


def file_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command an option for each file, in `<option>_file`."""
    for file in reversed(CHECK_FILES):
        option = click.option(
            f"--{file.option}", f"{file.option}_file", type=shared.FILE, help=file.help
        )
        command = option(command)
    return command


def take_files(options: dict[str, Any]) -> dict[str, Path]:
    """Take the files that were asked for out of a command's options."""
    found = {file.option: options.pop(f"{file.option}_file") for file in CHECK_FILES}
    return {name: path for name, path in found.items() if path is not None}


def write_check_files(paths: Mapping[str, Path], checks: Sequence[Check]) -> int:
    """Write every file that can be written; 0, or an exit status if one cannot be."""
    files = [(paths.get(file.option), file.render) for file in CHECK_FILES]
    return shared.write_files(files, checks)
