"""Which other numbers in a reference's source, two or more at once, give what the port gave."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..causes.least_squares import round_within_error
from .edit_search import EditSearch, Fit
from .edited import FunctionSource
from .numbers import ERROR_FACTOR, SOLVER, NumberPlace, is_odd, list_numbers, make_residual

MAX_NUMBERS = 8  # of a function: with more, none of its numbers are estimated together
NUMBER_COST, ODD_COST = 1.0, 1.5


@dataclass(frozen=True)
class Template:
    """A source with some of its numbers to be filled in."""

    source: FunctionSource
    places: Sequence[NumberPlace]

    def fill(self, values: Iterable[float]) -> str:
        """Return the source with these numbers."""
        text = self.source.text
        pairs = zip(self.places, map(float, values), strict=True)
        for place, value in sorted(pairs, key=lambda pair: pair[0].start, reverse=True):
            literal = format_number(value, place)
            text = text[: place.start] + literal + text[place.end :]
        return text


def format_number(value: float, place: NumberPlace) -> str:
    """Return a number as it is written; as it was, where it is the same."""
    if value == place.value:
        return str(int(value)) if place.whole else repr(value)
    return f"({value!r})" if value < 0 else repr(value)


def search_several_numbers(search: EditSearch, part: int = 0, parts: int = 1) -> list[Fit]:
    """Return the fits of all numbers of a function estimated at once, else of two of them."""
    wrong = sum(one.count_wrong() for one in search.seen)
    for source in search.sources:
        places = [place for place in list_numbers(source) if not place.whole]
        if not 2 <= len(places) <= MAX_NUMBERS:
            continue
        felt = find_felt(search, source, places)
        groups = [felt, *(list(pair) for pair in itertools.combinations(felt, 2))]
        for number, group in enumerate(groups):
            if search.is_over():
                return []
            if number % parts == part and 1 < len(group) < wrong:
                found = list(estimate_several(search, Template(source, group)))
                if found:
                    return found
    return []


def find_felt(
    search: EditSearch, source: FunctionSource, places: Sequence[NumberPlace]
) -> list[NumberPlace]:
    """Return the numbers that the outputs depend on."""
    found = []
    for place in places:
        residual = make_residual(search, source, Template(source, [place]).fill)
        here = residual(np.array([place.value]))
        there = residual(np.array([place.value + SOLVER.measure_nudge(place.value)]))
        if here is not None and there is not None and not np.array_equal(here, there):
            found.append(place)
    return found


def estimate_several(search: EditSearch, template: Template) -> Iterator[Fit]:
    """Yield the fit of several numbers, if there are values at which the port is met."""
    search.tried += 1
    residual = make_residual(search, template.source, template.fill)
    start = np.array([place.value for place in template.places])
    solved = SOLVER.solve(residual, start)
    if solved is None:
        return
    values, changed, odd = [], [], 0
    for place, value, error in zip(template.places, solved[0], solved[1], strict=True):
        doubt = ERROR_FACTOR * float(error)
        kept = abs(value - place.value) <= doubt
        rounded = place.value if kept else round_within_error(float(value), doubt)
        values.append(rounded)
        if not kept:
            changed.append(f"{rounded:.12g} for {place.value:.12g}")
            odd += is_odd(f"{rounded:.12g}")
    if len(changed) < 2:
        return
    name = template.source.name
    texts = {name: template.fill(values)}
    function = search.build(texts, prepared=False)
    used = np.inf if function is None else search.measure(texts, function, search.seen)
    if used <= 1.0:
        cost = NUMBER_COST * len(changed) + ODD_COST * odd
        yield Fit(f"other numbers: {', '.join(changed)}", texts, cost, used)
