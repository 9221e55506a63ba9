"""The epoch table: accuracies of each port beside those that the experiment's source prints."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..judging.results import Run
from .additions import PrintedAccuracy
from .series import Series, build_series

MAX_VISIBLE_ROWS = 24  # more rows than this are folded away and thinned


@dataclass(frozen=True)
class EpochRow:
    """One epoch.

    printed, accuracies: of training and test set.
    """

    epoch: int
    steps: int
    printed: tuple[str, str] | None
    accuracies: tuple[tuple[str, str], ...]  # of each column


@dataclass(frozen=True)
class EpochTable:
    """The table.

    beside_chapter: whether the source prints accuracies.
    total: rows in all.
    """

    columns: tuple[str, ...]
    beside_chapter: bool
    rows: tuple[EpochRow, ...]
    total: int

    @property
    def long(self) -> bool:
        """Tell whether some rows are left out."""
        return self.total > MAX_VISIBLE_ROWS


def build_epoch_table(run: Run, printed: Sequence[PrintedAccuracy] = ()) -> EpochTable:
    """Return the table; without rows when nothing was trained.

    printed: what the experiment's own source prints.
    """
    lines = [item for item in build_series(run) if len(item.trace.accuracy_steps)]
    if not lines:
        return EpochTable((), False, (), 0)
    steps = sorted({int(s) for item in lines for s in item.trace.accuracy_steps})
    by_step = {p.steps: format_accuracies(p.train_acc, p.test_acc) for p in printed}
    rows = [
        EpochRow(
            number,
            steps[number],
            by_step.get(steps[number]),
            tuple(find_accuracies(item, steps[number]) for item in lines),
        )
        for number in choose_rows(len(steps))
    ]
    return EpochTable(tuple(item.name for item in lines), bool(printed), tuple(rows), len(steps))


def choose_rows(total: int) -> list[int]:
    """Return which rows of a long table are shown: the first, the last and some between, evenly.

    >>> choose_rows(3), choose_rows(250)[:3], choose_rows(250)[-1], len(choose_rows(250))
    ([0, 1, 2], [0, 11, 22], 249, 24)
    """
    if total <= MAX_VISIBLE_ROWS:
        return list(range(total))
    return [round(float(i)) for i in np.linspace(0, total - 1, MAX_VISIBLE_ROWS)]


def find_accuracies(item: Series, step: int) -> tuple[str, str]:
    """Return the accuracies of a curve after a step, dashes where it was not evaluated."""
    found = np.flatnonzero(item.trace.accuracy_steps == step)
    if not len(found):
        return ("–", "–")
    return format_accuracies(item.trace.train_acc[found[0]], item.trace.test_acc[found[0]])


def format_accuracies(train: float, test: float) -> tuple[str, str]:
    """Return accuracies as the chapter prints them, to four decimals.

    >>> format_accuracies(0.7932333333333333, float("nan"))
    ('0.7932', 'nan')
    """
    return f"{train:.4f}", f"{test:.4f}"
