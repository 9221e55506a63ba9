"""The command line: `python -m benchmarks`."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks.measure import BenchmarkError, BenchmarkRecord
from benchmarks.page import write_page
from benchmarks.plan import (
    SECTIONS,
    BenchmarkJob,
    describe_machine,
    make_full_sizes,
    make_quick_sizes,
    plan_rounds,
)
from trueport.compare.chapter.digits import load_data


@click.command(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Measure on a quiet machine: the page says how busy this one was.",
)
@click.option(
    "--data",
    default="auto",
    show_default=True,
    metavar="auto|embedded|PATH",
    help="As for `trueport run`.",
)
@click.option(
    "--steps", default=10_000, show_default=True, type=click.IntRange(1), help="Of the loops."
)
@click.option(
    "--repeats", default=3, show_default=True, type=click.IntRange(1), help="Rounds; medians count."
)
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(SECTIONS),
    help="A section alone; may be given again. The others stay as they lie in OUT.  [default: all]",
)
@click.option("--quick", "smoke", is_flag=True, help="Tiny sizes, to see that everything runs.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("runs/benchmarks"),
    show_default=True,
    help="Folder of benchmarks.md, .svg and .json; docs for the published page.",
)
def main(
    data: str, steps: int, repeats: int, only: tuple[str, ...], smoke: bool, out: Path
) -> None:
    """Time the loops, the whole comparison, the numerical gradient and the scale.

    Beside what users would otherwise write, in one run, side by side, each in a process of its own.
    """
    try:
        source = load_data("embedded" if smoke and data == "auto" else data).source
    except (FileNotFoundError, ValueError) as error:
        raise click.UsageError(str(error)) from error
    sizes = make_quick_sizes(source) if smoke else make_full_sizes(source, steps, repeats)
    sections = tuple(name for name in SECTIONS if not only or name in only)
    if "whole" in sections and "loops" not in sections:
        sections = ("loops", *sections)  # the whole is held against the sum of the peers' loops
    out.mkdir(parents=True, exist_ok=True)
    earlier = out / "benchmarks.json"
    before = json.loads(earlier.read_text(encoding="utf-8")) if earlier.exists() else {}
    records: list[BenchmarkRecord] = []
    result = {
        "command": "python -m benchmarks " + " ".join(sys.argv[1:]),
        "machine": describe_machine(),
        "steps": sizes.steps,
        "repeats": sizes.repeats,
        "records": records,
    }
    for record in run_jobs(plan_rounds(sizes, sections)):
        records.append(record | {"command": result["command"]})
    records += [r for r in before.get("records", ()) if r["section"] not in sections]
    earlier.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for path in write_page(result, out):
        click.echo(f"wrote {path}")


def run_jobs(todo: list[tuple[str, int, BenchmarkJob]]) -> Iterator[BenchmarkRecord]:
    """Yield the record of each job, beside a progress bar; Ctrl-C ends it early."""
    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bars = Progress(*columns, TimeElapsedColumn(), console=console)
    try:
        with bars:
            bar = bars.add_task("", total=len(todo))
            for section, number, (name, job) in todo:
                bars.update(bar, description=name)
                try:
                    record = job()
                except BenchmarkError as error:
                    record = {"error": str(error), "task": name}
                    console.print(f"{name}: {error}")
                yield {"section": section, "round": number} | record
                bars.advance(bar)
    except KeyboardInterrupt:
        console.print("stopped: the page is written of what there is")
