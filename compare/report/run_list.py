"""The runs in a folder, a line each, the latest last."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..judging.results import Run
from .wording import format_count, make_printable

RESULTS = "results.json"


@dataclass(frozen=True)
class ListedRun:
    """What a line says of one run; `problem`: why it could not be read, else ""."""

    folder: Path
    created: str = ""
    words: str = ""
    problem: str = ""


def read_runs(folder: Path) -> list[ListedRun]:
    """Read the runs in a folder and below it, one after the other, the latest last.

    One that cannot be read is listed with the reason. Raises FileNotFoundError if there are none.
    """
    found = [read_run(path.parent) for path in sorted(folder.rglob(RESULTS))]
    if not found:
        raise FileNotFoundError(f"no {RESULTS} in {folder} or below it: give a folder of runs")
    return sorted(found, key=lambda one: one.created)


def read_run(folder: Path) -> ListedRun:
    """Read one run, without keeping its arrays."""
    try:
        run = Run.load(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        return ListedRun(folder, problem=f"cannot be read: {error}")
    interrupted = ", interrupted" if run.interrupted else ""
    steps = f", {run.settings['steps']:,} steps" if run.settings.get("steps") else ""
    return ListedRun(folder, run.created, f"{run.format_ports()}{steps}{interrupted}")


def format_runs(found: list[ListedRun], root: Path) -> Iterator[str]:
    """Yield a line for each run, and one that counts them.

    >>> runs = [ListedRun(Path("runs/a"), "2026-03-01T10:00:00+00:00", "torch faithful")]
    >>> list(format_runs(runs, Path("runs")))
    ['a  2026-03-01 10:00  torch faithful', 'one run']
    """
    names = [make_printable(str(one.folder.relative_to(root))) for one in found]
    width = max(map(len, names))
    for name, one in zip(names, found, strict=True):
        day = one.created[:16].replace("T", " ")
        yield f"{name:{width}}  {day:16}  {make_printable(one.problem or one.words)}"
    unread = sum(bool(one.problem) for one in found)
    told = f", {format_count(unread)} of which cannot be read" if unread else ""
    yield format_count(len(found), "run") + told
