"""Progress bars for jobs that run side by side; silent when nobody watches."""

import sys
from collections.abc import Callable

import rich.progress
from rich.console import Console


class Progress(rich.progress.Progress):
    """A context manager with one bar a job.

    >>> with Progress() as progress:
    ...     update = progress.add("torch float64", total=10, counts={"cases": 0})
    ...     update("cases", 10)
    """

    def __init__(self) -> None:
        console = Console(file=sys.stderr)
        super().__init__(
            rich.progress.TextColumn("{task.description}"),
            rich.progress.BarColumn(),
            rich.progress.MofNCompleteColumn(),
            rich.progress.TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )

    def add(self, name: str, total: int, counts: dict[str, int]) -> Callable[[str, int], None]:
        """Add a bar; return a function of (what, how many done) that moves it."""
        task = self.add_task(name, total=total)

        def update(what: str, done: int) -> None:
            counts[what] = done
            self.update(task, completed=sum(counts.values()))

        return update
