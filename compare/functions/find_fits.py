"""The order in which causes are looked for: one edit, a number, two edits; or what was frozen."""

from collections.abc import Callable

from .edit_search import EditSearch, Fit
from .frozen import search_frozen
from .numbers import search_numbers


def go_on() -> bool:
    """Nobody else has found anything."""
    return False


def find_fits(
    search: EditSearch, part: int = 0, parts: int = 1, stop: Callable[[], bool] = go_on
) -> list[Fit]:
    """Return the changes of the first kind that fits, each of them one of its kind.

    part, parts: of several processes each tries its part. stop: whether another has found one.
    """
    if not search.sources or not search.seen:
        return []
    if not any(one.is_wrong for one in search.seen):
        return search_frozen(search, part, parts)
    fits = search.search(part, parts)
    if not fits and not stop():
        fits = search_numbers(search, part, parts)
    if not fits and not stop():
        fits = search.search_pairs(stop)
    return fits
