"""What is looked for in turn: an edit, a number, several numbers, two edits; or what is frozen."""

from collections.abc import Callable

from .edit_search import EditSearch, Fit
from .frozen import search_frozen
from .numbers import search_numbers
from .scalar_pairs import gives_few_numbers, search_scalar_pairs
from .several_numbers import search_several_numbers


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
        fits = search_several_numbers(search, part, parts)
    if not fits and not stop() and gives_few_numbers(search):
        return search_scalar_pairs(search, part, parts, stop)
    if not fits and not stop():
        fits = search.search_pairs(stop)
    return fits
