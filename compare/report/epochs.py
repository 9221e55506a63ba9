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
    epoch: int
    steps: int
    printed: tuple[str, str] | None  # train and test accuracy of the chapter
    accuracies: tuple[tuple[str, str], ...]  # of each column


@dataclass(frozen=True)
class EpochTable:
    columns: tuple[str, ...]
    beside_chapter: bool
    rows: tuple[EpochRow, ...]
    total: int  # rows before thinning

    @property
    def long(self) -> bool:
        return self.total > MAX_VISIBLE_ROWS


def build_epoch_table(run: Run, printed: Sequence[PrintedAccuracy] = ()) -> EpochTable:
    """Return the table; without rows when nothing was trained.

    printed: what the experiment's own source prints.
    """
    lines = [item for item in build_series(run) if len(item.trace.accuracy_steps)]
    if not lines:
        return EpochTable((), False, (), 0)
    steps = sorted({int(s) for item in lines for s in item.trace.accuracy_steps})
    by_step = {row.steps: row for row in printed}
    rows = []
    for number in choose_rows(len(steps)):
        step = steps[number]
        chapter = by_step.get(step)
        rows.append(
            EpochRow(
                number,
                step,
                (format_accuracy(chapter.train_acc), format_accuracy(chapter.test_acc))
                if chapter
                else None,
                tuple(find_accuracies(item, step) for item in lines),
            )
        )
    return EpochTable(tuple(item.name for item in lines), bool(printed), tuple(rows), len(steps))


def choose_rows(total: int) -> list[int]:
    """Which rows of a long table are shown: the first, the last and some between, evenly.

    >>> choose_rows(3), choose_rows(250)[:3], choose_rows(250)[-1], len(choose_rows(250))
    ([0, 1, 2], [0, 11, 22], 249, 24)
    """
    if total <= MAX_VISIBLE_ROWS:
        return list(range(total))
    return [round(float(i)) for i in np.linspace(0, total - 1, MAX_VISIBLE_ROWS)]


def find_accuracies(item: Series, step: int) -> tuple[str, str]:
    """The accuracies of a curve after a step, dashes where it was not evaluated."""
    found = np.flatnonzero(item.trace.accuracy_steps == step)
    if not len(found):
        return ("–", "–")
    return format_accuracy(item.trace.train_acc[found[0]]), format_accuracy(
        item.trace.test_acc[found[0]]
    )


def format_accuracy(value: float) -> str:
    """An accuracy as the chapter prints it, to four decimals.

    >>> format_accuracy(0.7932333333333333), format_accuracy(float("nan"))
    ('0.7932', 'nan')
    """
    return f"{value:.4f}"
