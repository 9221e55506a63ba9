"""The epoch table: accuracies of each port beside those that the chapter prints."""

from dataclasses import dataclass

import numpy as np

from ..judging.results import Run
from .series import Series, build_series

MAX_VISIBLE_ROWS = 24  # more rows than this are folded away and thinned


@dataclass(frozen=True)
class ChapterAccuracy:
    """One line of the chapter's own run. steps: updates done when it was printed."""

    steps: int
    train_acc: float
    test_acc: float


# Source: the chapter's document 004 (section 4.5.3), which prints these 17 lines for 10,000 steps
# of batches of 100 on the complete MNIST: one at the first step and one every 600 steps after it.
CHAPTER_SOURCE = "document 004, section 4.5.3"
CHAPTER_ACCURACIES = tuple(
    ChapterAccuracy(1 + 600 * epoch, train, test)
    for epoch, (train, test) in enumerate(
        (
            (0.0986, 0.0957),
            (0.7932333333333333, 0.7953),
            (0.8764166666666666, 0.8794),
            (0.8994666666666666, 0.902),
            (0.9094333333333333, 0.9106),
            (0.9149333333333334, 0.9164),
            (0.9207833333333333, 0.9211),
            (0.9244666666666667, 0.9241),
            (0.9276666666666666, 0.9295),
            (0.9314833333333333, 0.932),
            (0.9344666666666667, 0.9355),
            (0.9368333333333333, 0.9371),
            (0.9388833333333333, 0.9383),
            (0.9412166666666667, 0.9405),
            (0.9432666666666667, 0.9432),
            (0.94555, 0.9426),
            (0.9474333333333333, 0.9454),
        )
    )
)


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


def is_chapter_experiment(run: Run) -> bool:
    """Whether this run is the chapter's experiment: the same data, steps and batches."""
    return (
        run.data.get("complete") is True
        and run.settings.get("steps") == 10_000
        and run.settings.get("batch_size") == 100
    )


def build_epoch_table(run: Run) -> EpochTable:
    """The table; without rows when nothing was trained."""
    lines = [item for item in build_series(run) if len(item.trace.accuracy_steps)]
    if not lines:
        return EpochTable((), False, (), 0)
    steps = sorted({int(s) for item in lines for s in item.trace.accuracy_steps})
    beside = is_chapter_experiment(run)
    printed = {row.steps: row for row in CHAPTER_ACCURACIES} if beside else {}
    rows = []
    for number in choose_rows(len(steps)):
        step = steps[number]
        chapter = printed.get(step)
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
    return EpochTable(tuple(item.name for item in lines), beside, tuple(rows), len(steps))


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
