"""The processor time that a diagnosis may take, and what was left undone when it was over."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

ItemT = TypeVar("ItemT")

DIAGNOSIS_SECONDS = 30.0  # for the causes of all that is wrong with a port, unless told otherwise
PAIR_SHARE = 0.5  # of what is left, that one search for two causes at once may take


class Allowance:
    """Processor time of this process from now on.

    seconds: None for as much as it takes.
    untried: changes, and pairs of changes, that were left out because it was over.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self.end = None if seconds is None else time.process_time() + seconds
        self.untried = 0

    @property
    def is_over(self) -> bool:
        """Whether there is no time left."""
        return self.end is not None and time.process_time() >= self.end

    def while_it_lasts(self, items: Iterable[ItemT], share: float = 1.0) -> Iterator[ItemT]:
        """Yield the items as long as there is time; the others are counted as untried.

        share: of what is left now, that they may take.
        """
        end = None
        if self.end is not None:
            now = time.process_time()
            end = now + share * (self.end - now)
        for item in items:
            if end is not None and time.process_time() >= end:
                self.untried += 1
            else:
                yield item

    def while_it_lasts_or_decides(
        self,
        items: Iterable[ItemT],
        decides: Callable[[ItemT], bool],
        are_others_needed: Callable[[], bool],
    ) -> Iterator[ItemT]:
        """Yield the items as long as there is time, and after that what a status depends on.

        decides: whether an item may alter it: tried in any case.
        are_others_needed: asked in the end, whether after what was found the others may too.
        """
        left = []
        for item in items:
            if self.end is None or decides(item) or time.process_time() < self.end:
                yield item
            else:
                left.append(item)
        if are_others_needed():
            yield from left
        else:
            self.untried += len(left)
