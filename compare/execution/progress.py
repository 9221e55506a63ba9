"""Progress of jobs that run side by side: bars, or a line now and then without a terminal."""

import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Self

import rich.progress
from rich.console import Console

INTERVAL = 10.0  # seconds between two lines


class Progress(rich.progress.Progress):
    """A context manager with one bar a job, or one line for all of them every ten seconds.

    >>> with Progress() as progress:
    ...     update = progress.add("torch float64", total=10, counts={"cases": 0})
    ...     update("cases", 10)
    """

    def __init__(self) -> None:
        console = Console(file=sys.stderr)
        super().__init__(
            rich.progress.TextColumn("{task.description}", markup=False),  # names are not ours
            rich.progress.BarColumn(),
            rich.progress.MofNCompleteColumn(),
            rich.progress.TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self.begin, self.ended = time.monotonic(), threading.Event()

    def __enter__(self) -> Self:
        """Begin to tell."""
        if self.disable:
            threading.Thread(target=self._print_lines, daemon=True).start()
        return super().__enter__()

    def __exit__(self, *raised: Any) -> None:
        """Tell no more."""
        self.ended.set()
        super().__exit__(*raised)

    def _print_lines(self) -> None:
        while not self.ended.wait(INTERVAL):
            counts = [(task.description, int(task.completed), task.total) for task in self.tasks]
            line = format_progress(time.monotonic() - self.begin, counts)
            print(line, file=sys.stderr, flush=True)

    def add(self, name: str, total: int, counts: dict[str, int]) -> Callable[[str, int], None]:
        """Add a bar; return a function of (what, how many done) that moves it."""
        task = self.add_task(name, total=total)

        def update(what: str, done: int) -> None:
            counts[what] = done
            self.update(task, completed=sum(counts.values()))

        return update


def format_progress(seconds: float, counts: Sequence[tuple[str, int, float | None]]) -> str:
    """Return a line on what is under way: (name, how many done, of how many) of each job.

    >>> format_progress(20.4, [("torch float64", 1210, 10600), ("keras float64", 0, 10600)])
    '20 s: torch float64 1,210 of 10,600; keras float64 starts or waits'
    >>> format_progress(31.0, [("torch float64", 10600, 10600)])
    '31 s: all have run; judging'
    """
    left = [
        f"{name} {done:,} of {int(total or 0):,}" if done else f"{name} starts or waits"
        for name, done, total in counts
        if done < (total or 0)
    ]
    return f"{seconds:.0f} s: {'; '.join(left) or 'all have run; judging'}"
