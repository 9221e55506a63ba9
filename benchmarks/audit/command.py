"""The command `python -m benchmarks.audit`."""

import sys
from pathlib import Path

import click

from benchmarks.audit.audit import run_audit
from benchmarks.audit.page import format_audit_page
from benchmarks.audit.plan import AUDIT_KINDS, PACKAGE_FRAMEWORKS
from benchmarks.audit.records import Audit, read_records, save
from trueport.compare.cli import options as shared
from trueport.compare.cli.options import BadInput, NameList


@click.command(
    epilog="Exit status: 0 every fault that the cases should see was found and no right "
    "form flagged, else 1."
)
@click.option(
    "--package",
    "packages",
    type=NameList(),
    default=",".join(PACKAGE_FRAMEWORKS),
    show_default=True,
    help="Whose mutants.",
)
@shared.dtypes_option
@click.option("--scale", default=1.0, show_default=True, help="Of the number of random cases.")
@click.option(
    "--only",
    type=click.Choice(AUDIT_KINDS),
    help="These alone.",
)
@shared.markdown_option
@click.option(
    "--json",
    "json_file",
    type=shared.FILE,
    help="Every record, written as the audit goes.",
)
@click.option("--resume", is_flag=True, help="Go on from the records in --json shared.FILE.")
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
    for package in packages:
        if package not in PACKAGE_FRAMEWORKS:
            raise BadInput(f"--package must be of {', '.join(PACKAGE_FRAMEWORKS)} (got {package})")
    if resume and json_file is None:
        raise BadInput("--resume needs --json shared.FILE, which holds what there is")
    try:
        known = [record for path in merged for record in read_records(path)]
        if resume and json_file is not None and json_file.exists():
            known += read_records(json_file)
    except (ValueError, OSError) as error:
        raise BadInput(str(error)) from error
    keeper = AuditKeeper(json_file, markdown_file)
    if merged:
        result = Audit()
        result.add(known)
    else:
        kinds = AUDIT_KINDS if only is None else (only,)
        result = run_audit(packages, shared.list_dtypes(dtype), scale, kinds, known, keeper.keep)
    keeper.keep(result)
    click.echo(format_audit_page(result).partition("## Fault by fault")[0])
    sys.exit(report_surprises(result) or (BadInput.exit_code if keeper.unwritten else 0))


class AuditKeeper:
    """Writes what there is into the files that were asked for, and says how far it is."""

    def __init__(self, json_file: Path | None, markdown_file: Path | None) -> None:
        self.files = ((json_file, save), (markdown_file, write_audit_page))
        self.unwritten: set[Path] = set()
        self.told: set[str] = set()

    def keep(self, result: Audit) -> None:
        """Write it, and tell what is new; a file that cannot be written is not tried again."""
        for path, write in self.files:
            if path is not None and path not in self.unwritten:
                try:
                    write(result, path)
                except OSError as error:
                    click.echo(f"Error: cannot write {path}: {error.strerror}", err=True)
                    self.unwritten.add(path)
        left = result.left()
        for part in result.asked:
            how_far = "done" if part.name not in left else "{} of {}".format(*left[part.name])
            line = f"{part.name}: {how_far}"
            if not how_far.startswith("0 ") and line not in self.told:
                self.told.add(line)
                click.echo(line, err=True)


def write_audit_page(result: Audit, path: Path) -> None:
    """Write the page of an audit."""
    path.write_text(format_audit_page(result), encoding="utf-8")


def report_surprises(result: Audit) -> int:
    """Say what was flagged though right, and what was not seen; return the exit status."""
    alarms = [r for r in result.of("benign") if r["found"]]
    wrong = result.of("fault", "convention")
    missed = [r for r in wrong if not r["found"] and r["dtype"] == "float64"]
    for word, records in (("flagged though right", alarms), ("not seen", missed)):
        for record in records:
            click.echo(f"{word}: {record['key']} of {record['package']}, {record['dtype']}")
    if result.stopped:
        click.echo("interrupted: what there is was kept; --resume goes on", err=True)
        return 130
    return 1 if alarms or missed else 0
