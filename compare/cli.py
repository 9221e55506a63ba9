"""The command line: `python -m compare`, installed as `trueport`.

Nothing heavy is imported before it is needed, so that `--help` answers at once.
"""

import os
import shlex
import sys
from pathlib import Path
from typing import Any

import click

EXIT = (
    "Exit status: 0 all pass, 1 a mismatch, 2 bad input or nothing to compare, 3 faithful but for "
    "conventions that were not accepted."
)


class Names(click.ParamType):
    """A comma-separated list."""

    name = "LIST"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        names = tuple(name.strip() for name in value.split(",") if name.strip())
        return names or self.fail("must name at least one")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trueport")
def main() -> None:
    """Trueport: is your port true?

    Compares PyTorch and Keras ports with a NumPy ground truth: chapter 4 of Deep Learning from
    Scratch.
    """


@main.command(epilog=EXIT)
@click.option(
    "--data",
    default="auto",
    show_default=True,
    metavar="auto|embedded|PATH",
    help="MNIST: an mnist.npz, a folder of IDX files, the 5,000 embedded digits, or "
    "Keras's copy, downloaded if it can be.",
)
@click.option("--steps", default=10_000, show_default=True, help="Training steps.")
@click.option("--batch-size", default=100, show_default=True)
@click.option("--learning-rate", default=0.1, show_default=True)
@click.option("--hidden-size", default=50, show_default=True)
@click.option(
    "--ports",
    type=Names(),
    default="reference,torch,keras",
    show_default=True,
    help="Which ports, separated by commas.",
)
@click.option(
    "--backend",
    "backends",
    type=Names(),
    default=(),
    metavar="LIST",
    help="Keras's backends, each a port: tensorflow (keras), torch (keras[torch]), jax "
    "(keras[jax]); all for every one that is installed.",
)
@click.option(
    "--dtype", type=click.Choice(["float64", "float32", "both"]), default="both", show_default=True
)
@click.option("--seed", default=0, show_default=True)
@click.option("--require-ports", is_flag=True, help="Fail if a port's framework is not installed.")
@click.option(
    "--accept", type=Names(), default=(), metavar="F26,F78", help="Conventions to accept by name."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder for results.json, report.html and report.md.",
)
@click.option(
    "--cache",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where envelopes are kept for later runs; else TRUEPORT_CACHE, else the user's cache.",
)
@click.option("--no-cache", is_flag=True, help="Neither use kept envelopes nor keep any.")
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
    from compare.accept import accepted_in, known_conventions
    from compare.ports import on_backends
    from compare.report import write_reports
    from compare.run import Settings, exit_code
    from compare.run import run as run_all
    from compare.summary import summary

    dtypes = ("float64", "float32") if dtype == "both" else (dtype,)
    command = shlex.join(["trueport", *sys.argv[1:]])
    try:
        accept = (*known_conventions(accept, "--accept"), *accepted_in(Path.cwd()))
        settings = Settings(
            out=out,
            ports=on_backends(ports, backends),
            dtypes=dtypes,
            require_ports=require_ports,
            accept=accept,
            command=command,
            **options,
        )
        result = run_all(settings, lambda line: click.echo(line, err=True))
    except (ValueError, FileNotFoundError) as error:
        raise BadInput(str(error)) from error
    for line in summary(result):
        click.echo(line)
    for path in write_reports(out):
        click.echo(f"wrote {path}")
    if result.interrupted:
        click.echo("interrupted: the report holds what had been computed", err=True)
        sys.exit(130)
    sys.exit(exit_code(result, require_ports, accept))


@main.command(
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
@click.option(
    "--dtype", type=click.Choice(["float64", "float32", "both"]), default="both", show_default=True
)
@click.option(
    "--python",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Run it with this interpreter: your own environment.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 1e6),
    default=60.0,
    show_default=True,
    help="Seconds for one case.",
)
@click.option(
    "--memory",
    type=click.IntRange(min=64),
    default=4096,
    show_default=True,
    help="Megabytes for its process.",
)
@click.option(
    "--train",
    type=click.IntRange(min=0),
    default=0,
    metavar="STEPS",
    help="Train it too, beside the truth, and hold its curve against the envelope of rounding.",
)
@click.option("--data", metavar="PATH", help="The digits of --train, or of a recorded training.")
@click.option(
    "--accept", type=Names(), default=(), metavar="F26,F77", help="Conventions to accept by name."
)
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--junit", "junit_file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--markdown", "markdown_file", type=click.Path(path_type=Path, dir_okay=False))
def check(
    target: str,
    dtype: str,
    memory: int,
    json_file: Path | None,
    junit_file: Path | None,
    markdown_file: Path | None,
    accept: tuple[str, ...],
    **options: Any,
) -> None:
    """Decide whether TARGET is a faithful port.

    TARGET is a Python file, an importable module, one name in it (file.py:Name), or a folder of
    recorded arrays.
    """
    from compare import formats
    from compare.accept import accepted_in, known_conventions
    from compare.check import Options
    from compare.check import check as check_all

    dtypes = ("float64", "float32") if dtype == "both" else (dtype,)
    try:
        accept = (*known_conventions(accept, "--accept"), *accepted_in(Path.cwd()))
        result = check_all(
            target, Options(dtypes=dtypes, memory_mb=memory, accept=accept, **options)
        )
    except (ValueError, OSError) as error:
        raise BadInput(str(error)) from error
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # marks, on any console
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    for line in formats.text(result, colour=colour):
        click.echo(line)
    # every file that can be written is: the answer stands above
    written = [
        write(path, render(result))
        for path, render in (
            (json_file, formats.to_json),
            (junit_file, formats.junit),
            (markdown_file, formats.markdown),
        )
        if path is not None
    ]
    sys.exit(result.exit_code or (0 if all(written) else BadInput.exit_code))


def write(path: Path, text: str) -> bool:
    """Write a file that was asked for beside the terminal; False, and why, if it cannot be."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        click.echo(f"Error: cannot write {path}: {error.strerror or error}", err=True)
        return False
    return True


@main.command()
@click.option(
    "--export",
    "folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write every input into.",
)
def cases(folder: Path) -> None:
    """Write every input as arrays, for a port in any language."""
    from compare.cases import all_cases
    from compare.export import export_cases

    try:
        export_cases(folder, all_cases())
    except (ValueError, OSError) as error:
        raise BadInput(str(error)) from error
    click.echo(f"wrote {folder}: its README.md says what to compute and how to hand it back")


@main.command(
    epilog="Exit status: 0 every fault that the cases should see was found and no right "
    "form flagged, else 1."
)
@click.option(
    "--package",
    "packages",
    type=Names(),
    default="reference,torch_impl,keras_impl",
    show_default=True,
    help="Whose mutants.",
)
@click.option(
    "--dtype", type=click.Choice(["float64", "float32", "both"]), default="both", show_default=True
)
@click.option("--scale", default=1.0, show_default=True, help="Of the number of random cases.")
@click.option(
    "--only",
    type=click.Choice(["faults", "right forms", "recorded trainings"]),
    help="These alone.",
)
@click.option("--markdown", "markdown_file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Every record, written as the audit goes.",
)
@click.option("--resume", is_flag=True, help="Go on from the records in --json FILE.")
@click.option(
    "--merge",
    "merged",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Run nothing: put the page together from the JSON of audits. May be given again.",
)
def audit(
    packages: tuple[str, ...],
    dtype: str,
    scale: float,
    only: str | None,
    markdown_file: Path | None,
    json_file: Path | None,
    resume: bool,
    merged: tuple[Path, ...],
) -> None:
    """Put the judge to the test: every known fault, every right form, and other tools' rules.

    Ctrl-C keeps what there is, marked as partial; --resume goes on from there.
    """
    from compare.audit import KINDS, PACKAGES, Audit, read, save
    from compare.audit import audit as audit_all
    from compare.audit_page import to_markdown

    for package in packages:
        if package not in PACKAGES:
            raise BadInput(f"--package must be of {', '.join(PACKAGES)} (got {package})")
    if resume and json_file is None:
        raise BadInput("--resume needs --json FILE, which holds what there is")
    dtypes = ("float64", "float32") if dtype == "both" else (dtype,)
    told: set[str] = set()
    unwritten: set[Path] = set()

    def keep(result: Audit) -> None:
        """Write what there is, and say how far it is."""
        if json_file is not None and json_file not in unwritten:
            try:
                save(result, json_file)
            except OSError as error:
                click.echo(f"Error: cannot write {json_file}: {error.strerror}", err=True)
                unwritten.add(json_file)
        if (
            markdown_file is not None
            and markdown_file not in unwritten
            and not write(markdown_file, to_markdown(result))
        ):
            unwritten.add(markdown_file)
        left = result.left()
        for part in result.asked:
            line = "done" if part.name not in left else "{} of {}".format(*left[part.name])
            if not line.startswith("0 ") and f"{part.name}: {line}" not in told:
                told.add(f"{part.name}: {line}")
                click.echo(f"{part.name}: {line}", err=True)

    try:
        known = [record for path in merged for record in read(path)]
        if resume and json_file is not None and json_file.exists():
            known += read(json_file)
    except (ValueError, OSError) as error:
        raise BadInput(str(error)) from error
    if merged:
        result = Audit()
        result.add(known)
    else:
        kinds = KINDS if only is None else (only,)
        result = audit_all(packages, dtypes, scale, kinds, known, keep)
    keep(result)
    click.echo(to_markdown(result).partition("## Fault by fault")[0])
    alarms = [r for r in result.of(("benign",)) if r["found"]]
    missed = [
        r for r in result.of(("fault", "convention")) if not r["found"] and r["dtype"] == "float64"
    ]
    for record in (*alarms, *missed):
        word = "flagged though right" if record in alarms else "not seen"
        click.echo(f"{word}: {record['key']} of {record['package']}, {record['dtype']}")
    if result.stopped:
        click.echo("interrupted: what there is was kept; --resume goes on", err=True)
        sys.exit(130)
    if alarms or missed:
        sys.exit(1)
    sys.exit(BadInput.exit_code if unwritten else 0)


@main.command(
    epilog="Exit status: 0 equivalent in everything, 1 a difference or a run without a result, "
    "2 bad input, 3 not shown either way, 130 interrupted."
)
@click.option(
    "--ports",
    type=Names(),
    default="torch,keras",
    show_default=True,
    help="Two ports or more, separated by commas.",
)
@click.option("--seeds", default=20, show_default=True, help="Runs of each port.")
@click.option("--steps", default=3000, show_default=True, help="Training steps of a run.")
@click.option("--batch-size", default=100, show_default=True)
@click.option("--learning-rate", default=0.1, show_default=True)
@click.option("--hidden-size", default=50, show_default=True)
@click.option(
    "--dtype", type=click.Choice(["float64", "float32"]), default="float32", show_default=True
)
@click.option(
    "--init",
    type=click.Choice(["chapter", "framework"]),
    default="chapter",
    show_default=True,
    help="Initial parameters: by the chapter's rule, or as the framework's layers come.",
)
@click.option(
    "--order",
    type=click.Choice(["chapter", "framework"]),
    default="chapter",
    show_default=True,
    help="Batches: drawn with replacement, or as the framework's own loop shuffles.",
)
@click.option("--paired", is_flag=True, help="Run k of every port has the same start and batches.")
@click.option("--every", type=int, help="Steps between two evaluations.  [default: 20]")
@click.option("--margin", type=float, help="Points of accuracy that do not matter. [default: 0.2]")
@click.option("--margin-steps", type=float, help="Steps that do not matter.  [default: 100]")
@click.option("--data", default="auto", show_default=True, metavar="auto|embedded|PATH")
@click.option("--workers", type=int, help="Processes at a time.  [default: one a core]")
@click.option("--scheduler", metavar="ADDRESS", help="Run on the Dask cluster of this scheduler.")
@click.option("--timeout", default=600.0, show_default=True, help="Seconds for one run.")
@click.option("--fresh", is_flag=True, help="Throw away what the folder holds.")
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--markdown", "markdown_file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default="runs/study",
    show_default=True,
    help="Folder of the study; what is finished there is not run again.",
)
def study(fresh: bool, json_file: Path | None, markdown_file: Path | None, **options: Any) -> None:
    """Do ports train equally well when nothing is shared? Many seeds, and a test of equivalence."""
    from compare.study.page import write_pages
    from compare.study.plan import Settings
    from compare.study.study import exit_code
    from compare.study.study import study as study_all
    from compare.study.words import failures, headline, sentence

    given = {key: value for key, value in options.items() if value is not None}
    command = shlex.join(["trueport", *sys.argv[1:]])
    try:
        result = study_all(Settings(command=command, **given), fresh)
    except (ValueError, FileNotFoundError) as error:
        raise BadInput(str(error)) from error
    click.echo(headline(result)[1])
    for line in (*map(sentence, result.comparisons), *failures(result)):
        click.echo(f"  {line}")
    out = options["out"]
    for path in (out / "study.json", *write_pages(result, out)):
        click.echo(f"wrote {path}")
    for copy, name in ((json_file, "study.json"), (markdown_file, "study.md")):
        if copy is not None:
            try:
                copy.write_bytes((out / name).read_bytes())
            except OSError as error:
                raise BadInput(f"cannot write {copy}: {error.strerror}") from error
    if result.interrupted:
        done = len(result.outcomes)
        total = options["seeds"] * len(result.ports)
        click.echo(
            f"interrupted: {done} of {total} runs are kept; the same command does the rest",
            err=True,
        )
        sys.exit(130)
    sys.exit(exit_code(result))


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["html", "md", "junit", "json", "csv"]),
    help="Which reports of a run; more than once for several. Default: html, md and junit.",
)
def report(folder: Path, formats: tuple[str, ...]) -> None:
    """Write the reports of a finished run or study anew. Needs no framework."""
    from compare.report import USUAL, write_reports
    from compare.study.page import write_pages
    from compare.study.results import Study

    try:
        if (folder / "study.json").exists():
            if formats:
                raise ValueError("--format is for runs: a study has one page and one summary")
            paths = write_pages(Study.load(folder), folder)
        else:
            paths = write_reports(folder, formats or USUAL)
    except (ValueError, FileNotFoundError) as error:
        raise BadInput(str(error)) from error
    for path in paths:
        click.echo(f"wrote {path}")


@main.command("diff", epilog="Exit status: 0 no verdict got worse, 1 one did, 2 bad input.")
@click.argument("before", metavar="RUN_A", type=click.Path(path_type=Path, file_okay=False))
@click.argument("after", metavar="RUN_B", type=click.Path(path_type=Path, file_okay=False))
@click.option("--markdown", "markdown_file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--html", "html_file", type=click.Path(path_type=Path, dir_okay=False))
def diff_command(
    before: Path, after: Path, markdown_file: Path | None, html_file: Path | None
) -> None:
    """Say which verdicts, versions, timings and curves changed from RUN_A to RUN_B."""
    from compare.diff import diff
    from compare.report import diff_words
    from compare.results import Run

    try:
        found = diff(Run.load(before), Run.load(after))
    except (ValueError, FileNotFoundError) as error:
        raise BadInput(str(error)) from error
    names = (str(before), str(after))
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # marks, on any console
    for line in diff_words.text(found):
        click.echo(line)
    for path, render in ((markdown_file, diff_words.markdown), (html_file, diff_words.page)):
        if path is not None:
            try:
                path.write_text(render(found, names), encoding="utf-8")
            except OSError as error:
                raise BadInput(f"cannot write {path}: {error.strerror}") from error
    sys.exit(1 if found.worse else 0)


@main.command(epilog="Exit status: 0 faithful, 1 not, 2 bad input.")
@click.argument("port")
@click.argument("component")
@click.option("--case", help="One case alone; all of the component's if not given.")
@click.option("--dtype", type=click.Choice(["float64", "float32"]), default="float64")
@click.option("--data", default="auto", metavar="auto|embedded|PATH", help="For load_mnist.")
@click.option("--seed", default=0, help="Of the run, for what is drawn from it.")
def replay(port: str, component: str, **options: Any) -> None:
    """See one finding of a run again: what PORT gives for one case of COMPONENT."""
    from compare.ports import find_ports
    from compare.replay import replay as replay_one
    from compare.replay import words

    try:
        verdict, entries = replay_one(port, component=component, **options)
    except (ValueError, FileNotFoundError) as error:
        raise BadInput(str(error)) from error
    for line in words(verdict, entries, find_ports([port])[0].framework):
        click.echo(line)
    sys.exit(0 if verdict.passed else 1)


class BadInput(click.ClickException):
    """An error of the input: its message alone, and exit status 2."""

    exit_code = 2
