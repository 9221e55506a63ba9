"""The command `python -m benchmarks.audit`."""

import sys
from pathlib import Path

import click

from trueport.compare.cli.options import BadInput, NameList, write_file


@click.command(
    epilog="Exit status: 0 every fault that the cases should see was found and no right "
    "form flagged, else 1."
)
@click.option(
    "--package",
    "packages",
    type=NameList(),
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
    from benchmarks.audit.audit import AUDIT_KINDS, PACKAGE_FRAMEWORKS, Audit, read_records, save
    from benchmarks.audit.audit import run_audit as audit_all
    from benchmarks.audit.page import format_audit_page

    for package in packages:
        if package not in PACKAGE_FRAMEWORKS:
            raise BadInput(f"--package must be of {', '.join(PACKAGE_FRAMEWORKS)} (got {package})")
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
            and not write_file(markdown_file, format_audit_page(result))
        ):
            unwritten.add(markdown_file)
        left = result.left()
        for part in result.asked:
            line = "done" if part.name not in left else "{} of {}".format(*left[part.name])
            if not line.startswith("0 ") and f"{part.name}: {line}" not in told:
                told.add(f"{part.name}: {line}")
                click.echo(f"{part.name}: {line}", err=True)

    try:
        known = [record for path in merged for record in read_records(path)]
        if resume and json_file is not None and json_file.exists():
            known += read_records(json_file)
    except (ValueError, OSError) as error:
        raise BadInput(str(error)) from error
    if merged:
        result = Audit()
        result.add(known)
    else:
        kinds = AUDIT_KINDS if only is None else (only,)
        result = audit_all(packages, dtypes, scale, kinds, known, keep)
    keep(result)
    click.echo(format_audit_page(result).partition("## Fault by fault")[0])
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
