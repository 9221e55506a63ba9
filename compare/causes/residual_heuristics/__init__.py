"""What is known of a difference that no known change explains, from the arrays alone. Pure.

A pattern is claimed only where it holds in every failing case, within the rounding budget: a factor
and its likely meaning, an offset, a sign, an order, a function of the right value; one tensor, row
or class alone; and which inputs fail while all others agree.
"""

from collections.abc import Sequence

from ...chapter.adapters import PARAMS
from .inputs import entries, which_inputs
from .pairs import STEPS, Pair, Seen, paired
from .places import order, places, shapes
from .values import RELATIONS, small

__all__ = ["patterns"]

MOST = 4  # patterns told of one difference


def patterns(seen: Seen) -> list[str]:
    """Short phrases, the most telling first; none if nothing holds throughout."""
    if any(truth.statistical for _, truths, _ in seen for truth in truths.values()):
        return []
    pairs, problems = paired(seen)
    failing = [pair for pair in pairs if pair.fails]
    told: list[str] = []
    found: list[str] = []
    if failing and not problems:
        moved = [pair for pair in failing if pair.output.partition(" ")[0] in PARAMS]
        steps = seen[0][0].component in STEPS and bool(moved)
        found = value(moved if steps else failing)
        told += [f"{phrase} (of each step, not of the parameter)" for phrase in found if steps]
        told += found if not steps else []
        told += places(pairs, failing)
    elif problems and not failing:
        told += shapes(seen)
    told += which_inputs(seen)
    if not found and not problems:
        told += entries(seen)
    return told[:MOST]


def value(failing: Sequence[Pair]) -> list[str]:
    """What the wrong values are to the right ones: the first relation that holds throughout."""
    for relation in (*RELATIONS, order, small):
        if found := relation(failing):
            return [found]
    return []
