"""What every command asks its options with, and says where they cannot be met."""

import contextlib
import functools
import json
import shlex
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

Command = TypeVar("Command", bound=Callable[..., Any])
FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
DTYPE = click.Choice(["float64", "float32"])


class NameList(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.3 on
    """A comma-separated list."""

    name = "LIST"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, ...]:
        """Return the names."""
        if isinstance(value, tuple):
            return value
        names = tuple(name.strip() for name in value.split(",") if name.strip())
        return names or self.fail("must name at least one")


def complete_file(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Let the shell complete a word that may be a file and something else."""
    return [CompletionItem(incomplete, type="file")]


shown_option = functools.partial(click.option, show_default=True)
# options that several commands take
dtypes_option = shown_option("--dtype", type=click.Choice([*DTYPE.choices, "both"]), default="both")
batch_size_option = shown_option("--batch-size", default=100)
learning_rate_option = shown_option("--learning-rate", default=0.1)
hidden_size_option = shown_option("--hidden-size", default=50)
accept_option = click.option(
    "--accept",
    type=NameList(),
    default=(),
    metavar="F26,F77",
    help="Conventions to accept by name.",
)
timeout_option = shown_option(
    "--timeout", type=click.FloatRange(0.1, 1e6), default=60.0, help="Seconds for one case."
)
memory_option = shown_option(
    "--memory",
    "memory_mb",
    type=click.IntRange(min=64),
    default=4096,
    help="Megabytes for its process.",
)
python_option = click.option(
    "--python",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Run it with this interpreter: your own environment.",
)
deep_option = click.option(
    "--deep",
    is_flag=True,
    help="Look for causes, and for pairs of them, however long it takes; else for half a minute.",
)
inputs_option = click.option(
    "--inputs",
    metavar="FILE",
    shell_complete=complete_file,
    help="Calls to compare by, with --against: Python with cases(), or npz; else the reference's.",
)
pairs_option = click.option(
    "--map",
    "pairs",
    metavar="MINE=THEIRS",
    multiple=True,
    help="With --against: a function that the port has under another name; of models a tensor or a "
    "layer. Or a JSON file of such pairs.",
)
gradient_option = click.option(
    "--gradient/--no-gradient",
    default=True,
    help="With --against: compare the derivatives of the port's framework too.",
)
mode_option = click.option(
    "--mode",
    type=click.Choice(["eval", "train", "both"]),
    default="both",
    show_default=True,
    help="With models: compare in eval mode, in training mode with dropout off, or in both.",
)
json_option = click.option("--json", "json_file", type=FILE)
markdown_option = click.option("--markdown", "markdown_file", type=FILE)


def out_option(default: str) -> Callable[[Command], Command]:
    """Return the option of the folder that a command keeps its results in, for later calls too."""
    return shown_option(
        "--out",
        type=FOLDER,
        default=default,
        help="Folder for the results and the reports; what is finished there is not run again.",
    )


def list_dtypes(choice: str) -> tuple[str, ...]:
    """Return the dtypes that `dtypes_option` names."""
    return ("float64", "float32") if choice == "both" else (choice,)


def list_modes(choice: str) -> tuple[str, ...]:
    """Return the modes that `mode_option` names."""
    return ("eval", "train") if choice == "both" else (choice,)


def collect_accepted(given: tuple[str, ...]) -> tuple[str, ...]:
    """Return the conventions given here and in the folder's pyproject.toml. Raises ValueError."""
    from ..chapter.suite import CHAPTER
    from ..judging.accept import parse_convention_ids, read_accepted_conventions

    ids = parse_convention_ids(CHAPTER, given, "--accept")
    return (*ids, *read_accepted_conventions(CHAPTER, Path.cwd()))


def quote_command() -> str:
    """Return the command line that is being run, as a shell takes it."""
    return shlex.join(["trueport", *sys.argv[1:]])


class BadInput(click.ClickException):
    """An error of the input: its message alone, and exit status 2."""

    exit_code = 2

    def format_message(self) -> str:
        """Return the message, which may hold names out of a stranger's file, for a terminal."""
        from ..report.terminal import clean_line

        return "\n".join(map(clean_line, self.message.split("\n")))


@contextlib.contextmanager
def refuse_bad_input() -> Iterator[None]:
    """In the block, what is said to be wrong with the input ends the command."""
    from ..ports.extras import MissingPackageError

    try:
        yield
    except (ValueError, OSError, MissingPackageError) as error:
        raise BadInput(str(error)) from error


def print_lines(lines: Iterable[str]) -> None:
    """Print lines with marks, on any console; paragraphs as wide as the terminal, if it is one."""
    from ..report.terminal import LINE_WIDTH, clean_line, fit_lines

    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # typed as any text stream
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else LINE_WIDTH
    with fit_lines(width):
        for line in lines:
            click.echo(clean_line(line))


def print_written(paths: Iterable[Path]) -> None:
    """Say which files were written."""
    print_lines(f"wrote {path}" for path in paths)


def warn(line: str) -> None:
    """Say something on standard error, in a line."""
    from ..report.terminal import clean_line

    click.echo(clean_line(line), err=True)


def stop_if_interrupted(interrupted: bool) -> None:
    """End the process as Ctrl-C does, where it ended what was being done."""
    if interrupted:
        click.echo("interrupted: the report holds what had been computed", err=True)
        sys.exit(130)


def write_files(files: Iterable[tuple[Path | None, Callable[..., str]]], *content: Any) -> int:
    """Write what was asked for beside the terminal; 0, or an exit status if a file cannot be.

    files: paths and what makes their text of the content; None where nothing was asked for.
    """
    from ..execution.files import WriteError

    status = 0
    for path, render in files:
        try:
            if path is not None:
                write_text(path, render(*content))
        except OSError as error:
            why = (
                error if isinstance(error, WriteError) else f"cannot write {path}: {error.strerror}"
            )
            warn(f"Error: {why}")
            status = BadInput.exit_code
    return status


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all; to what is no plain file, as /dev/stdout, as it comes."""
    from ..execution.files import write_atomically

    device = path.is_symlink() or (path.exists() and not path.is_file())
    if device or not path.parent.is_dir():  # which is not made here
        path.write_text(text, encoding="utf-8")
        return
    with write_atomically(path) as file:
        file.write(text.encode())


def parse_pairs(pairs: tuple[str, ...]) -> dict[str, str]:
    """Return the reference's names to the port's. Raises ValueError for what is no pair.

    pairs: "mine=theirs", or the names of JSON files that hold {"mine": "theirs"}.

    >>> parse_pairs(("my_norm=layer_norm",))
    {'layer_norm': 'my_norm'}
    """
    found: dict[str, str] = {}
    for pair in pairs:
        mine, equals, theirs = pair.partition("=")
        if not equals and pair.endswith(".json"):
            found |= {theirs: mine for mine, theirs in read_pairs(Path(pair)).items()}
            continue
        if not equals or not mine.strip() or not theirs.strip():
            raise ValueError(f"--map must be MINE=THEIRS, two names, or a JSON file (got {pair!r})")
        found[theirs.strip()] = mine.strip()
    return found


def read_pairs(path: Path) -> dict[str, str]:
    """Return the pairs that a JSON file holds. Raises ValueError if it holds none."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"--map {path}: {error.strerror or error}") from error
    except ValueError as error:
        raise ValueError(f"--map {path} is no JSON: {error}") from error
    texts = isinstance(told, dict) and all(isinstance(name, str) for name in told.values())
    if not texts:
        raise ValueError(f'--map {path} must hold pairs of names, as {{"mine": "theirs"}}')
    return dict(told)
