"""Progress bars for jobs that run side by side; silent when nobody watches."""

import sys
from collections.abc import Callable
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars


class Progress:
    """A context manager with one bar a job.

    >>> with Progress() as progress:
    ...     update = progress.add("torch float64", total=10, counts={"cases": 0})
    ...     update("cases", 10)
    """

    def __init__(self) -> None:
        console = Console(file=sys.stderr)
        self.bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> "Progress":
        self.bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.bars.stop()

    def add(self, name: str, total: int, counts: dict[str, int]) -> Callable[[str, int], None]:
        """Add a bar; return a function of (what, how many done) that moves it."""
        task = self.bars.add_task(name, total=total)

        def update(what: str, done: int) -> None:
            counts[what] = done
            self.bars.update(task, completed=sum(counts.values()))

        return update
